import type { Actor, MemberInfo, Restriction, RestrictionKind } from "../../protocol/messages/messages.ts";
import type { SessionId } from "../effect.ts";
import { timestamp } from "../../protocol/text/durations.ts";

/** A restriction that is in force. */
export interface ActiveRestriction {
  readonly id: string;
  readonly kind: RestrictionKind;
  /** Undefined for the whole server. */
  readonly room?: string;
  readonly member?: MemberInfo;
  /** An address or network, in the form of `formatNetwork`. */
  readonly address?: string;
  /** The duration; for `slow`, the time between two messages of one member. */
  readonly seconds?: number;
  /** In milliseconds since the epoch. */
  readonly until?: number;
  readonly reason?: string;
  readonly by: Actor;
  /** The origin of the session that made it, as `originOf` gives it. It is never shown. */
  readonly from?: string;
  /** Made by an owner or by a moderator of all rooms. */
  readonly trusted?: true;
  /** For a lock with a password, as `LockOpener`. Those of earlier versions have no salt but their id. */
  readonly opener?: string;
  readonly salt?: string;
  /** Ids of the members that a lock admits without its password, the latest last. */
  readonly admitted?: readonly string[];
}

/** An owner's command to end many restrictions, as long as some of them are left. */
export interface BulkEnd {
  /** Ids of the restrictions and roles that are left. */
  readonly ids: string[];
  readonly total: number;
  readonly by: Actor;
  readonly session: SessionId;
  readonly ref: string | undefined;
}

/** The author of restrictions and roles that no member made. */
export const SERVER: Actor = { name: "server" };

/** The restriction as members see it. Only owners see the address. */
export function describeRestriction(restriction: ActiveRestriction, toOwner: boolean): Restriction {
  const { id, kind, room, member, address, seconds, until, opener, reason, by } = restriction;
  return {
    id,
    kind,
    room,
    member,
    address: toOwner ? address : undefined,
    seconds,
    until: until === undefined ? undefined : timestamp(until),
    password: opener === undefined ? undefined : true,
    reason,
    by,
  };
}
