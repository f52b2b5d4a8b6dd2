import { GREETING_TIMEOUT_MS, LINK_MS } from "../../protocol/limits.ts";
import type { GoodbyeReason, LeaveCommand, LeaveReason } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import type { Member, MemberSession, RoomMembership } from "../state/members/member.ts";
import { isMuted } from "../state/mute_checks.ts";
import { joined, type Session } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { endCallOf, leaveCalls, suspendCall } from "./calls/leave_call.ts";
import { noteVisit } from "./members/kept_name.ts";
import { noteIdleness } from "./presence/away.ts";
import { checkInRoom, endIfUnused } from "./room_lifecycle.ts";

/** Leaves a room with all sessions of the member, or without a room only ends this session. */
export function leave(turn: Turn, session: Session, command: LeaveCommand): void {
  const { room } = command;
  if (room === undefined) return expel(turn, session, "left", "left");
  const member = joined(session);
  if (!member.memberships.has(room)) checkInRoom(turn.registry, session, room);
  removeFromRoom(turn, member, room, "left", { session, ref: command.ref });
}

/** Removes a member from a room. The other members and all sessions of the member get a `leave`, that of `by` with its `ref`. */
export function removeFromRoom(
  turn: Turn,
  member: Member,
  room: string,
  reason: LeaveReason,
  by?: { readonly session: Session; readonly ref: string | undefined },
): void {
  for (const session of member.sessions) unfollow(turn, session, room);
  leaveRoom(turn, member, member.memberships.get(room)!, reason);
  const event = { type: "leave" as const, room, member: member.info, at: timestamp(turn.now), reason };
  for (const session of member.sessions) {
    send(turn, session, session.id === by?.session.id ? { ...event, ref: by.ref } : event);
  }
}

/** Removes a member from a room that ends. Only that member gets the event, because all others leave the room too. */
export function removeFromEndingRoom(turn: Turn, member: Member, name: string): void {
  const { registry, now } = turn;
  const { sessions, info } = member;
  const membership = member.memberships.get(name);
  if (membership === undefined) return;
  delete membership.absent;
  member.memberships.delete(name);
  membership.room.remove(member, info);
  leaveCalls(turn, member, name);
  for (const session of sessions) {
    unfollow(turn, session, name);
    send(turn, session, { type: "leave", room: name, member: info, at: timestamp(now), reason: "removed" });
  }
  registry.retireIfAbsent(member, now);
}

function unfollow({ effects }: Turn, session: MemberSession, room: string): void {
  if (session.unfollow(room)) effects.push({ type: "exit", session: session.id, room });
}

/**
 * Ends the session for good: the connection closes after a `goodbye`. With their last session a member leaves all rooms at
 * once.
 */
export function expel(turn: Turn, session: Session, goodbye: GoodbyeReason, reason: LeaveReason): void {
  const { registry, now } = turn;
  const { member } = session;
  end(turn, session, goodbye);
  if (member === undefined || member.sessions.length > 0) return;
  leaveCalls(turn, member, undefined);
  for (const membership of [...member.memberships.values()]) leaveRoom(turn, member, membership, reason);
  registry.retireIfAbsent(member, now);
}

/** Ends all sessions of the member for good. */
export function expelMember(turn: Turn, { sessions }: Member, goodbye: GoodbyeReason, reason: LeaveReason): void {
  for (const { id } of [...sessions]) expel(turn, turn.registry.sessions.get(id)!, goodbye, reason);
}

/** Ends a session in favour of another one of the same member, who stays in all rooms. */
export function endReplaced(turn: Turn, session: Session): void {
  end(turn, session, "replaced");
}

function end(turn: Turn, session: Session, goodbye: GoodbyeReason): void {
  if (goodbye === "replaced") suspendCall(turn, session);
  else endCallOf(turn, session);
  separate(turn, session);
  turn.registry.sessions.delete(session.id);
  turn.effects.push({ type: "close", session: session.id, reason: goodbye });
}

function separate(turn: Turn, session: Session): void {
  for (const room of session.rooms) unfollow(turn, session, room);
  turn.registry.links.cancel(session.id, turn.registry.sessions, turn.effects);
  const { member } = session;
  if (member !== undefined) {
    turn.registry.devices.noteSeen(member.id, session.tokenDigest, turn.now, turn.effects);
  }
  session.detach();
  if (member !== undefined) noteIdleness(turn, member);
  if (member?.sessions.length === 0) noteVisit(turn, member);
}

/**
 * Separates a member from a session whose connection has closed. If it was the last one, a member who can return stays in
 * the rooms for `GRACE_MS`.
 */
export function detach(turn: Turn, member: Member, session: Session, reason: LeaveReason): void {
  const { registry, now } = turn;
  if (session.resumable) suspendCall(turn, session);
  else endCallOf(turn, session);
  separate(turn, session);
  if (member.sessions.length > 0) return;
  if (!session.resumable) leaveCalls(turn, member, undefined);
  for (const membership of [...member.memberships.values()]) {
    if (session.resumable) registry.absences.add(member, membership, reason, now);
    else leaveRoom(turn, member, membership, reason);
  }
  registry.retireIfAbsent(member, now);
}

/** Removes a member from a room and tells the others. No session of the member may follow the room any more. */
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
  leaveCalls(turn, member, room.name);
  endIfUnused(turn, room);
}

/** Closes the sessions that have not joined in time. `monotonic` is the time of the clock of `openedAt`. */
export function endGreetings({ registry, effects }: Turn, monotonic: number): void {
  for (const { id, state } of registry.sessions.values()) {
    if (state.phase !== "greeting") continue;
    // The offer that a device claims ends first, and the device may then join or claim another one.
    const timeout = GREETING_TIMEOUT_MS + (state.claims ? LINK_MS + GREETING_TIMEOUT_MS : 0);
    if (monotonic - state.openedAt < timeout) continue;
    registry.sessions.delete(id);
    effects.push({ type: "close", session: id, reason: "timeout" });
  }
}
