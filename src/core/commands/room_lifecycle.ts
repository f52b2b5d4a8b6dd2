/** How rooms begin, get a topic, are stored and end. */

import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { GRACE_MS, ROOMS_ENDED_AT_ONCE } from "../../protocol/limits.ts";
import type { MemberInfo, TopicCommand } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Member } from "../state/members/member.ts";
import { originOf } from "../state/quotas/quota.ts";
import { isTrusted } from "../state/ranks.ts";
import type { Registry } from "../state/registry.ts";
import type { ActiveRestriction } from "../state/restrictions.ts";
import { OWNERS, Room } from "../state/room.ts";
import type { Caller, Session } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { checkPace, checkVoice } from "./voice.ts";

/** Returns the room with this name. Throws `no_such_room`. */
export function findRoom({ rooms }: Registry, name: string): Room<Member> {
  const room = rooms.get(name);
  if (room === undefined) throw new ProtocolError("no_such_room", `There is no room ${quote(name)}: join makes it`);
  return room;
}

/** Throws `no_such_room`, or `not_joined` if the session does not follow the room. */
export function checkInRoom(registry: Registry, session: Session, room: string): void {
  if (session.rooms.includes(room)) return;
  if (registry.rooms.has(room)) {
    throw new ProtocolError("not_joined", `You are not in room ${quote(room)}: join it first`);
  }
  throw new ProtocolError("no_such_room", `There is no room ${quote(room)}: the command rooms lists all`);
}

/** Makes a room. `maker` is the id of the member, if it is known already. Throws `forbidden` at the limit of rooms. */
export function makeRoom(
  { registry, now }: Turn,
  session: Session,
  name: string,
  maker: string | undefined,
): Room<Member> {
  const { rooms, roomQuota } = registry;
  const isCommon = session.isOwner || name === DEFAULT_ROOM;
  const counted = isCommon ? {} : { member: maker, from: originOf(session) };
  roomQuota.check(rooms.size, counted, isCommon);
  const room = new Room<Member>(registry.newId(now), name);
  room.maker = counted;
  return registry.addRoom(room);
}

/** Removes a new room that no member has entered. */
export function discardRoom({ rooms, roomQuota }: Registry, room: Room<Member>): void {
  rooms.delete(room.name);
  roomQuota.remove(room);
}

/** Sets the topic. The room is stored from then on. Throws `forbidden` or `rate_limited`, as for a message. */
export function setTopic(turn: Turn, { session, member }: Caller, { ref, room: name, text }: TopicCommand): void {
  const { registry, now, effects } = turn;
  checkVoice(registry, member, name);
  const room = findRoom(registry, name);
  checkPace(registry, member, room, now);
  room.topic = text;
  if (text === "" || !prepareRoom(turn, session, room)) keepRoom(turn, room);
  const event = { type: "topic" as const, room: name, text, by: member.info, at: timestamp(now) };
  send(turn, session, ref === undefined ? event : { ...event, ref });
  effects.push({ type: "broadcast", sessions: room.sessionsBut(session.id), event });
}

/**
 * Stores the room if it is not stored yet. An owner, or an account within its quota, keeps the room also while it is empty.
 * Returns true if the room was stored by this call.
 */
export function prepareRoom(turn: Turn, session: Session, room: Room<Member>): boolean {
  const { registry } = turn;
  const account = session.member && registry.accounts.withId(session.member.id)?.id;
  const by = isTrusted(registry, session) ? OWNERS : account;
  const isPrepared = by !== undefined && room.seq === 0 && registry.roomQuota.prepare(room, by);
  if (!isPrepared && room.kept) return false;
  keepRoom(turn, room);
  return true;
}

/** Stores the room, so that it outlives the process, and with it its restrictions and moderators. */
export function keepRoom({ registry, effects }: Turn, room: Room<Member>): void {
  const { id, name, topic } = room;
  effects.push(
    { type: "keepRoom", room: { id, name, topic } },
    { type: "keepRecord", kind: "room", key: id, value: room.origin },
  );
  if (!room.kept) {
    const isOfRoom = (restriction: ActiveRestriction) => restriction.room === name;
    registry.restrictions.keepAll((each) => isOfRoom(each) && outlives(registry, each), effects);
    registry.roles.keepAll((grant) => grant.room === name && canReturn(registry, grant.member), effects);
  }
  room.kept = true;
}

/** False for a restriction of a member who cannot return: it ends with the member. */
export function outlives(registry: Registry, { member, address }: ActiveRestriction): boolean {
  return member === undefined || address !== undefined || canReturn(registry, member);
}

/** False for a member without a token or an account. */
export function canReturn(registry: Registry, { id }: MemberInfo): boolean {
  return registry.withId(id)?.canReturn !== false;
}

/** Ends the room, its restrictions and its roles. */
export function endRoom({ registry, effects }: Turn, room: Room<Member>): void {
  const { id, name } = room;
  discardRoom(registry, room);
  for (const restriction of registry.restrictions.inRoom(name)) registry.restrictions.end(restriction, effects);
  for (const grant of registry.roles.inRoom(name)) registry.roles.take(grant, effects);
  if (!room.kept) return;
  effects.push({ type: "removeRoom", room: { id, name } }, { type: "keepRecord", kind: "room", key: id });
}

/** Ends the room if it has no members and no messages, and was not prepared. */
export function endIfUnused(turn: Turn, room: Room<Member>): void {
  if (room.isUnused && turn.registry.rooms.get(room.name) === room) endRoom(turn, room);
}

/** Ends up to `ROOMS_ENDED_AT_ONCE` unused rooms from before the start to which no member returned within `GRACE_MS`. */
export function endUnusedRooms(turn: Turn): void {
  const { registry, now } = turn;
  registry.startedAt ??= now;
  if (registry.unusedRooms.length === 0 || now < registry.startedAt + GRACE_MS) return;
  for (const room of registry.unusedRooms.splice(0, ROOMS_ENDED_AT_ONCE)) endIfUnused(turn, room);
}
