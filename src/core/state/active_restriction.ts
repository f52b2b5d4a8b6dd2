import type { Actor, MemberInfo, Restriction, RestrictionKind } from "../../protocol/messages/messages.ts";
import { timestamp } from "../timestamp.ts";

/** An order of a moderator that is in force. */
export interface ActiveRestriction {
  readonly id: string;
  readonly kind: RestrictionKind;
  /** Undefined for the whole server. */
  readonly room?: string;
  readonly member?: MemberInfo;
  /** An address or network, in the form of `formatNetwork`. */
  readonly address?: string;
  readonly seconds?: number;
  /** In milliseconds since the epoch. */
  readonly until?: number;
  readonly reason?: string;
  readonly by: Actor;
  /** The origin of the session that laid it down, as `originOf` gives it. It is never shown. */
  readonly from?: string;
  /** Laid down by an owner or by a moderator of all rooms. */
  readonly trusted?: true;
  /** The digest of a lock's password, salted with the order's id. */
  readonly opener?: string;
  /** Ids of the members whom a lock lets in without its password, the latest last. */
  readonly admitted?: readonly string[];
}

/** The author of an order that no member gave. */
export const SERVER: Actor = { name: "server" };

/** As others are shown it; owners see the address. */
export function describeRestriction(order: ActiveRestriction, toOwner: boolean): Restriction {
  const { id, kind, room, member, address, seconds, until, opener, reason, by } = order;
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
