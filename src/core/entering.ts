import { ProtocolError } from "../protocol/errors.ts";
import { MAX_ROOMS_PER_MEMBER } from "../protocol/limits.ts";
import type { JoinCommand, LeaveReason, RenameCommand } from "../protocol/messages.ts";
import { foldCase, quote } from "../protocol/names.ts";
import type { Effect, SessionId } from "./effect.ts";
import type { Caller, Member, Membership } from "./member.ts";
import type { Registry } from "./registry.ts";
import { sendDirects } from "./receipts.ts";
import type { Room } from "./room.ts";
import type { Session } from "./session.ts";
import { timestamp } from "./timestamp.ts";

/** Enters a room, on the first join of a session as whom the name or token says. */
export function join(registry: Registry, session: Session, command: JoinCommand, now: number): Effect[] {
  const effects: Effect[] = [];
  const room = registry.room(command.room, now);
  try {
    const wasHere = session.member !== undefined;
    const { member, token } = identify(registry, session, command, now, effects);
    if (!member.memberships.has(room.name)) enterRoom(member, room, now, effects);
    delete member.memberships.get(room.name)!.absent;
    effects.push({ type: "enter", session: session.id, room: room.name });
    effects.push(reply(command, session, member, token, room));
    if (!wasHere) {
      member.restartDelivery();
      sendDirects(member, effects);
    }
    return effects;
  } finally {
    if (room.blank) registry.rooms.delete(room.name);
  }
}

function reply(command: JoinCommand, session: Session, member: Member, token: string, room: Room): Effect {
  const joined = {
    type: "joined" as const,
    ref: command.ref,
    room: { id: room.id, name: room.name, topic: room.topic },
    you: { ...member.info, token },
    seq: room.seq,
    members: room.listMembers(),
    count: room.size,
  };
  return { type: "replay", session: session.id, joined, after: Math.min(command.after ?? room.seq, room.seq) };
}

interface Identified {
  readonly member: Member;
  readonly token: string;
}

function identify(
  registry: Registry,
  session: Session,
  command: JoinCommand,
  now: number,
  effects: Effect[],
): Identified {
  if (session.state.phase === "joined") return confirm(session.state.member, session, command);
  const known = command.token === undefined ? undefined : registry.withToken(command.token, now);
  if (known !== undefined) {
    checkRoomBound(known, command.room);
    resume(registry, known, command.name ?? known.name, now, effects);
    effects.push(keepMember(known));
    return attach(known, session, command.token!);
  }
  if (command.name === undefined) {
    throw new ProtocolError("invalid", "Field name is missing: say who you are on your first join");
  }
  const token = registry.options.newToken();
  const member = registry.addMember(command.name, token, now);
  member.canReturn = session.resumable;
  if (member.canReturn) effects.push(keepMember(member));
  return attach(member, session, token);
}

/** A further join of somebody who is in already. */
function confirm(member: Member, session: Session, command: JoinCommand): Identified {
  if (command.name !== undefined && command.name !== member.name) {
    const here = quote(member.name);
    throw new ProtocolError("invalid", `Field name is ${quote(command.name)}, but you are ${here} here: use rename`);
  }
  return { member, token: session.token };
}

function keepMember({ id, name, tokenDigest }: Member): Effect {
  return { type: "keepMember", member: { id, name, tokenDigest, nameKeys: [foldCase(name)] } };
}

function attach(member: Member, session: Session, token: string): Identified {
  member.session = session;
  session.token = token;
  session.state = { phase: "joined", member };
  return { member, token };
}

/** Lets a member go on from a new connection: the old one, if there still is one, is closed. */
function resume(registry: Registry, member: Member, name: string, now: number, effects: Effect[]): void {
  const was = member.name;
  const wasPresent = member.memberships.size > 0;
  registry.checkFree(name, member);
  const old = member.session;
  if (old !== undefined) {
    detach(registry, member, old, "closed", now, effects);
    registry.sessions.delete(old.id);
    effects.push({ type: "close", session: old.id, reason: "replaced" });
  }
  registry.bringBack(member, name);
  if (wasPresent && was !== name) announceRename(member, was, undefined, now, effects);
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
  for (const membership of [...member.memberships.values()]) {
    effects.push({ type: "exit", session: session.id, room: membership.room.name });
    if (session.resumable) {
      registry.markAbsent(member, membership, reason, now);
    } else {
      leaveRoom(registry, member, membership, reason, now, effects);
    }
  }
}

/** Throws `forbidden` where one more room would be one too many. */
function checkRoomBound(member: Member, room: string): void {
  if (member.memberships.size < MAX_ROOMS_PER_MEMBER || member.memberships.has(room)) return;
  throw new ProtocolError("forbidden", `You are in ${MAX_ROOMS_PER_MEMBER} rooms: leave one of them first`);
}

function enterRoom(member: Member, room: Room, now: number, effects: Effect[]): void {
  checkRoomBound(member, room.name);
  member.memberships.set(room.name, { room });
  if (!room.add(member)) return;
  const event = { type: "join" as const, room: room.name, member: member.info, at: timestamp(now) };
  effects.push({ type: "publish", room: room.name, event });
}

/** Takes a member out of a room and tells the others. The member's own session has to `exit` before. */
export function leaveRoom(
  registry: Registry,
  member: Member,
  membership: Membership,
  reason: LeaveReason,
  now: number,
  effects: Effect[],
): void {
  const { room } = membership;
  member.memberships.delete(room.name);
  delete membership.absent;
  if (room.remove(member)) {
    const event = { type: "leave" as const, room: room.name, member: member.info, at: timestamp(now), reason };
    effects.push({ type: "publish", room: room.name, event });
  }
  if (room.blank) registry.rooms.delete(room.name);
}

export function rename(registry: Registry, { member }: Caller, command: RenameCommand, now: number): Effect[] {
  const was = member.name;
  const effects: Effect[] = [];
  registry.bringBack(member, command.name);
  if (member.canReturn) effects.push(keepMember(member));
  announceRename(member, was, command.ref, now, effects);
  return effects;
}

/** The renamed member gets `ref` back; everybody else who shares a room is told without it. */
function announceRename(
  member: Member,
  was: string,
  ref: string | undefined,
  now: number,
  effects: Effect[],
): void {
  const event = { type: "rename" as const, member: member.info, was, at: timestamp(now) };
  const sessions = new Set<SessionId>();
  for (const { room } of member.memberships.values()) {
    for (const session of room.sessionsBut(member)) sessions.add(session);
  }
  if (member.session !== undefined) {
    effects.push({ type: "send", session: member.session.id, event: ref === undefined ? event : { ...event, ref } });
  }
  if (sessions.size > 0) effects.push({ type: "broadcast", sessions, event });
}
