import { ProtocolError } from "../../protocol/errors.ts";
import type { Actor, MemberInfo } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Member } from "./member.ts";
import { checkNotMuted } from "./mute_checks.ts";
import type { Registry } from "./registry.ts";
import type { Session } from "./session.ts";
import type { ActiveRestriction } from "./active_restriction.ts";

/** A member, in memory or not. */
type Ranked = Pick<Member, "id" | "name"> & { readonly session?: Session | undefined };

/** How far somebody may go: 0 for a member, 1 for a moderator of the room, 2 for one of all rooms, 3 for an owner. */
export function rankOf(registry: Registry, member: Ranked, room: string | undefined): number {
  if (member.session?.isOwner) return 3;
  if (registry.roles.isModerator(member.id, undefined)) return 2;
  return room !== undefined && registry.roles.isModerator(member.id, room) ? 1 : 0;
}

function rankOfSession(registry: Registry, { isOwner, member }: Session, room: string | undefined): number {
  if (isOwner) return 3;
  return member === undefined ? 0 : rankOf(registry, member, room);
}

/** Whoever speaks from this session. Throws `not_joined` where it is neither a member nor an owner. */
export function actorOf({ isOwner, member }: Session): Actor {
  if (member !== undefined) return member.info;
  if (isOwner) return OWNER;
  throw new ProtocolError("not_joined", "You have not joined yet: send join with your name");
}

const OWNER: Actor = { name: "owner" };

/**
 * Throws `forbidden` where they moderate neither the room nor, without one, the server, or are muted there: orders and
 * their reasons are read by others. Owners are not held back.
 */
export function checkModerates(registry: Registry, session: Session, room: string | undefined): Actor {
  const actor = checkRank(registry, session, room);
  if (session.member !== undefined && !session.isOwner) checkNotMuted(registry, session.member, room);
  return actor;
}

/** The same for moderators who only read. */
export function checkRank(registry: Registry, session: Session, room: string | undefined): Actor {
  const actor = actorOf(session);
  const rank = rankOfSession(registry, session, room);
  if (rank >= 2 || (rank === 1 && room !== undefined)) return actor;
  const who = room === undefined ? "the owner and moderators of all rooms" : `moderators of room ${quote(room)}`;
  throw new ProtocolError("forbidden", `Only ${who} may do that: ask one of them`);
}

/** Throws `forbidden` where a moderator of a room would end, or replace, a ban or mute of an owner or a moderator of all rooms. */
export function checkMayEnd(registry: Registry, session: Session, order: ActiveRestriction | undefined): void {
  if (order?.trusted !== true || (order.kind !== "ban" && order.kind !== "mute")) return;
  if (isTrusted(registry, session)) return;
  throw new ProtocolError("forbidden", "The owner or a moderator of all rooms did that: ask one of them to end it");
}

/** Whether the session is an owner's or that of a moderator of all rooms: both may use what is reserved for them. */
export function isTrusted({ roles }: Registry, { isOwner, member }: Session): boolean {
  return isOwner || (member !== undefined && roles.isModerator(member.id, undefined));
}

/** Throws `forbidden`. */
export function checkIsOwner(session: Session): Actor {
  const actor = actorOf(session);
  if (session.isOwner) return actor;
  throw new ProtocolError("forbidden", "Only the owner of the server may do that: log in with the admin password");
}

/** Throws `forbidden` where the target is the actor, or goes as far as the actor does. */
export function checkOutranks(registry: Registry, session: Session, target: Ranked, room: string | undefined): void {
  if (target.id === session.member?.id) {
    throw new ProtocolError("forbidden", "That is you: name somebody else");
  }
  if (rankOfSession(registry, session, room) > rankOf(registry, target, room)) return;
  throw new ProtocolError("forbidden", `You may not do that to ${quote(target.name)}: ask the owner of the server`);
}

/** The member with the role in `room`, or with `undefined` on the whole server. */
export function describeMember(registry: Registry, member: Member, room: string | undefined): MemberInfo {
  const rank = rankOf(registry, member, room);
  const account = registry.accounts.isNamed(member.id, member.name);
  if (rank === 0 && !account) return member.info;
  return {
    ...member.info,
    ...rank === 0 ? {} : { role: rank === 3 ? "owner" : "moderator" },
    ...account ? { account } : {},
  };
}
