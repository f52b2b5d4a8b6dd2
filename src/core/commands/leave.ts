import type { GoodbyeReason, LeaveCommand, LeaveReason } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import type { Member, RoomMembership } from "../state/member.ts";
import { isMuted } from "../state/mute_checks.ts";
import { joined, type Session } from "../state/session.ts";
import { send, type Turn } from "../turn.ts";
import { checkInRoom, endIfUnused } from "./room_lifecycle.ts";

/** Leaves a room, or without one the server. */
export function leave(turn: Turn, session: Session, command: LeaveCommand): void {
  if (command.room === undefined) return expel(turn, session, "left", "left");
  const member = joined(session);
  checkInRoom(turn.registry, member, command.room);
  removeFromRoom(turn, member, command.room, "left", command.ref);
}

/** Removes a member from a room. The other members and the member itself get a `leave`, the latter with `ref`. */
export function removeFromRoom(turn: Turn, member: Member, room: string, reason: LeaveReason, ref?: string): void {
  const { session } = member;
  if (session !== undefined) turn.effects.push({ type: "exit", session: session.id, room });
  leaveRoom(turn, member, member.memberships.get(room)!, reason);
  if (session === undefined) return;
  send(turn, session, { type: "leave", ref, room, member: member.info, at: timestamp(turn.now), reason });
}

/** Removes a member from a room that ends. Only that member gets the event, because all others leave the room too. */
export function removeFromEndingRoom(turn: Turn, member: Member, name: string): void {
  const { registry, now, effects } = turn;
  const { session, info } = member;
  const membership = member.memberships.get(name);
  if (membership === undefined) return;
  delete membership.absent;
  member.memberships.delete(name);
  membership.room.remove(member, info);
  if (session === undefined) return registry.retireIfAbsent(member, now);
  effects.push({ type: "exit", session: session.id, room: name });
  send(turn, session, { type: "leave", room: name, member: info, at: timestamp(now), reason: "removed" });
}

/** Ends the session for good: its member leaves all rooms at once, and the connection closes after a `goodbye`. */
export function expel(turn: Turn, session: Session, goodbye: GoodbyeReason, reason: LeaveReason): void {
  const { registry, now, effects } = turn;
  const { member } = session;
  if (member !== undefined) {
    for (const membership of [...member.memberships.values()]) {
      effects.push({ type: "exit", session: session.id, room: membership.room.name });
      leaveRoom(turn, member, membership, reason);
    }
    detach(turn, member, session, reason);
    registry.retireIfAbsent(member, now);
  }
  registry.sessions.delete(session.id);
  effects.push({ type: "close", session: session.id, reason: goodbye });
}

/**
 * Separates a member from its connection. A resumable member stays in its rooms for `GRACE_MS`.
 * The caller retires the member, unless another connection takes over.
 */
export function detach(turn: Turn, member: Member, session: Session, reason: LeaveReason): void {
  const { registry, now, effects } = turn;
  session.state = { phase: "closed" };
  member.session = undefined;
  member.lastAddress = session.address;
  for (const membership of [...member.memberships.values()]) {
    effects.push({ type: "exit", session: session.id, room: membership.room.name });
    if (session.resumable) registry.markAbsent(member, membership, reason, now);
    else leaveRoom(turn, member, membership, reason);
  }
}

/** Removes a member from a room and tells the others. The `exit` of the member's own session must come before it. */
export function leaveRoom(turn: Turn, member: Member, membership: RoomMembership, reason: LeaveReason): void {
  const { registry, now, effects } = turn;
  const { room } = membership;
  const info = isMuted(registry, member.id, room.name) ? { ...member.info, quiet: true as const } : member.info;
  member.memberships.delete(room.name);
  delete membership.absent;
  if (room.remove(member, info)) {
    const event = { type: "leave" as const, room: room.name, member: info, at: timestamp(now), reason };
    effects.push({ type: "publish", room: room.name, event });
  }
  endIfUnused(turn, room);
}
