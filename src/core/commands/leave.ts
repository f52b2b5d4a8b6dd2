import type { GoodbyeReason, LeaveCommand, LeaveReason } from "../../protocol/messages/messages.ts";
import type { Effect } from "../effect.ts";
import type { Member, RoomMembership } from "../state/member.ts";
import { isMuted } from "../state/mute_checks.ts";
import type { Registry } from "../state/registry.ts";
import { checkInRoom, endIfBlank } from "./room_lifecycle.ts";
import { joined, type Session } from "../state/session.ts";
import { timestamp } from "../timestamp.ts";

export function leave(registry: Registry, session: Session, command: LeaveCommand, now: number): Effect[] {
  if (command.room === undefined) return expel(registry, session, "left", "left", now);
  const member = joined(session);
  checkInRoom(registry, member, command.room);
  return sendOut(registry, member, command.room, "left", now, command.ref);
}

/** Takes a member out of a room, tells the others, and them by a `leave` of their own. */
export function sendOut(
  registry: Registry,
  member: Member,
  room: string,
  reason: LeaveReason,
  now: number,
  ref?: string,
): Effect[] {
  const effects: Effect[] = [];
  const { session } = member;
  if (session !== undefined) effects.push({ type: "exit", session: session.id, room });
  leaveRoom(registry, member, member.memberships.get(room)!, reason, now, effects);
  const event = { type: "leave" as const, ref, room, member: member.info, at: timestamp(now), reason };
  if (session !== undefined) effects.push({ type: "send", session: session.id, event });
  return effects;
}

/** Takes a member out of a room that ends. Only that member is told, since all others leave the room too. */
export function putOut(registry: Registry, member: Member, name: string, now: number): Effect[] {
  const { session, info } = member;
  const membership = member.memberships.get(name);
  if (membership === undefined) return [];
  delete membership.absent;
  member.memberships.delete(name);
  membership.room.remove(member, info);
  if (session === undefined) {
    if (member.absentSince === undefined) registry.retireIfAbsent(member, now);
    return [];
  }
  const event = { type: "leave" as const, room: name, member: info, at: timestamp(now), reason: "removed" as const };
  return [{ type: "exit", session: session.id, room: name }, { type: "send", session: session.id, event }];
}

/** For good: its member is announced as gone at once, and the connection ends. */
export function expel(
  registry: Registry,
  session: Session,
  goodbye: GoodbyeReason,
  reason: LeaveReason,
  now: number,
): Effect[] {
  const effects: Effect[] = [];
  const { member } = session;
  if (member !== undefined) {
    for (const membership of [...member.memberships.values()]) {
      effects.push({ type: "exit", session: session.id, room: membership.room.name });
      leaveRoom(registry, member, membership, reason, now, effects);
    }
    detach(registry, member, session, reason, now, effects);
    registry.retireIfAbsent(member, now);
  }
  registry.sessions.delete(session.id);
  effects.push({ type: "close", session: session.id, reason: goodbye });
  return effects;
}

/**
 * Ends the tie between a member and a connection. Rooms stay for a while if the session is resumable.
 * Its caller retires the member, unless another connection takes over.
 */
export function detach(
  registry: Registry,
  member: Member,
  session: Session,
  reason: LeaveReason,
  now: number,
  effects: Effect[],
): void {
  session.state = { phase: "closed" };
  member.session = undefined;
  member.lastAddress = session.address;
  for (const membership of [...member.memberships.values()]) {
    effects.push({ type: "exit", session: session.id, room: membership.room.name });
    if (session.resumable) {
      registry.markAbsent(member, membership, reason, now);
    } else {
      leaveRoom(registry, member, membership, reason, now, effects);
    }
  }
}

/** Takes a member out of a room and tells the others. The member's own session has to `exit` before. */
export function leaveRoom(
  registry: Registry,
  member: Member,
  membership: RoomMembership,
  reason: LeaveReason,
  now: number,
  effects: Effect[],
): void {
  const { room } = membership;
  const info = isMuted(registry, member.id, room.name) ? { ...member.info, quiet: true as const } : member.info;
  member.memberships.delete(room.name);
  delete membership.absent;
  if (room.remove(member, info)) {
    const event = { type: "leave" as const, room: room.name, member: info, at: timestamp(now), reason };
    effects.push({ type: "publish", room: room.name, event });
  }
  endIfBlank(registry, room, effects);
}
