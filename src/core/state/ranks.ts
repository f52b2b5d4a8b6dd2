/** Ranks of members, and checks whether a session may act on a member, a room or the server. */

import { ProtocolError } from "../../protocol/errors.ts";
import type { Actor, MemberInfo } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Member } from "./members/member.ts";
import { checkNotMuted } from "./mute_checks.ts";
import type { Registry } from "./registry.ts";
import type { Session } from "./members/session.ts";
import type { ActiveRestriction } from "./active_restriction.ts";

/** A member, in memory or not. */
type Ranked = Pick<Member, "id" | "name"> & { readonly sessions?: Member["sessions"] };

/**
 * The rank of a member: 0 for a plain member, 1 for a moderator of the room, 2 for one of all rooms, 3
 * for an owner.
 */
export function rankOf(registry: Registry, member: Ranked, room: string | undefined): number {
  // Each join lists up to `MAX_MEMBERS_LISTED` members: this runs for each of them.
  if (member.sessions !== undefined) { for (const { isOwner } of member.sessions) if (isOwner) return 3; }
  return rankByRole(registry, member, room);
}

/** The rank of a member's sessions that are not an owner's. */
function rankByRole(registry: Registry, member: Ranked, room: string | undefined): number {
  switch (registry.roles.widest(member.id, room)) {
    case "all":
      return 2;
    case "room":
      return 1;
    case undefined:
      return 0;
  }
}

function rankOfSession(registry: Registry, { isOwner, member }: Session, room: string | undefined): number {
  if (isOwner) return 3;
  return member === undefined ? 0 : rankByRole(registry, member, room);
}

/** The author of the session's commands. Throws `not_joined` if the session is neither a member's nor an owner's. */
export function actorOf({ isOwner, member }: Session): Actor {
  if (member !== undefined) return member.info;
  if (isOwner) return OWNER;
  throw new ProtocolError("not_joined", "You have not joined yet: send join with your name");
}

export const OWNER: Actor = { name: "owner" };

/**
 * Returns the session's author. Throws `forbidden` if they do not moderate the room, or without `room` the server, or
 * if they are muted there, since others read the reasons of restrictions. Mutes do not bind owners.
 */
export function checkModerates(registry: Registry, session: Session, room: string | undefined): Actor {
  const actor = checkRank(registry, session, room);
  if (session.member !== undefined && !session.isOwner) checkNotMuted(registry, session.member, room);
  return actor;
}

/** As `checkModerates`, for commands that only read: muted moderators may use them. */
export function checkRank(registry: Registry, session: Session, room: string | undefined): Actor {
  const actor = actorOf(session);
  const rank = rankOfSession(registry, session, room);
  if (rank >= 2 || (rank === 1 && room !== undefined)) return actor;
  const who = room === undefined ? "the owner and moderators of all rooms" : `moderators of room ${quote(room)}`;
  throw new ProtocolError("forbidden", `Only ${who} may do that: ask one of them`);
}

/**
 * Throws `forbidden` if a moderator of a room would end or replace a ban or mute by an owner or a
 * moderator of all rooms.
 */
export function checkMayEnd(registry: Registry, session: Session, restriction: ActiveRestriction | undefined): void {
  if (restriction?.trusted !== true || (restriction.kind !== "ban" && restriction.kind !== "mute")) return;
  if (isTrusted(registry, session)) return;
  throw new ProtocolError(
    "forbidden",
    "The owner or a moderator of all rooms made this restriction: ask one of them to end it",
  );
}

/** Whether the session belongs to an owner or a moderator of all rooms. Both may use the reserved parts of limits. */
export function isTrusted({ roles }: Registry, { isOwner, member }: Session): boolean {
  return isOwner || (member !== undefined && roles.isModerator(member.id, undefined));
}

/** Returns the session's author. Throws `forbidden` if the session is not an owner's. */
export function checkIsOwner(session: Session): Actor {
  const actor = actorOf(session);
  if (session.isOwner) return actor;
  throw new ProtocolError("forbidden", "Only the owner of the server may do that: log in with the admin password");
}

/** Throws `forbidden` if the target is the session's member, or does not have a lower rank. */
export function checkOutranks(registry: Registry, session: Session, target: Ranked, room: string | undefined): void {
  if (target.id === session.member?.id) {
    throw new ProtocolError("forbidden", "You cannot do this to yourself: name another member");
  }
  if (rankOfSession(registry, session, room) > rankOf(registry, target, room)) return;
  throw new ProtocolError("forbidden", `You may not do that to ${quote(target.name)}: ask the owner of the server`);
}

/** The member with their role in `room`, or without `room` on the whole server, and whether the name is registered. */
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
