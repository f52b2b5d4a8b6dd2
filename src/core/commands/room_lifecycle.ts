import { ProtocolError } from "../../protocol/errors.ts";
import { GRACE_MS, ROOMS_ENDED_AT_ONCE } from "../../protocol/limits.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Effect } from "../effect.ts";
import type { Member } from "../state/member.ts";
import type { ActiveRestriction } from "../state/restrictions.ts";
import { originOf } from "../state/quota.ts";
import type { Registry } from "../state/registry.ts";
import { isTrusted } from "../state/ranks.ts";
import { OWNERS, Room } from "../state/room.ts";
import type { Session } from "../state/session.ts";

/** Throws `no_such_room`. */
export function existing(registry: Registry, name: string): Room<Member> {
  const room = registry.rooms.get(name);
  if (room === undefined) throw new ProtocolError("no_such_room", `There is no room ${quote(name)}: join makes it`);
  return room;
}

/** Throws `no_such_room` or `not_joined`. */
export function checkInRoom(registry: Registry, member: Member, room: string): void {
  const membership = member.memberships.get(room);
  if (membership !== undefined && membership.absent === undefined) return;
  if (registry.rooms.has(room)) {
    throw new ProtocolError("not_joined", `You are not in room ${quote(room)}: join it first`);
  }
  throw new ProtocolError("no_such_room", `There is no room ${quote(room)}: the command rooms lists those there are`);
}

/** Makes the room for the member with this id, if the member is known. Throws `forbidden` where it is one too many. */
export function makeRoom(
  registry: Registry,
  session: Session,
  name: string,
  member: string | undefined,
  now: number,
): Room<Member> {
  const { rooms, roomQuota, options } = registry;
  const isCommon = session.isOwner || name === DEFAULT_ROOM;
  const maker = isCommon ? {} : { member, from: originOf(session) };
  roomQuota.check(rooms.size, maker, isCommon);
  const room = new Room<Member>(options.newId(now), name);
  room.maker = maker;
  return registry.addRoom(room);
}

/** Drops a new room that no member entered. */
export function discardRoom({ rooms, roomQuota }: Registry, room: Room<Member>): void {
  rooms.delete(room.name);
  roomQuota.remove(room);
}

/** Ends the room and what moderators laid down in it. */
export function endRoom(registry: Registry, room: Room<Member>, effects: Effect[]): void {
  const { id, name } = room;
  discardRoom(registry, room);
  for (const order of registry.restrictions.inRoom(name)) registry.restrictions.end(order, effects);
  for (const grant of registry.roles.inRoom(name)) registry.roles.take(grant, effects);
  if (!room.kept) return;
  effects.push({ type: "removeRoom", room: { id, name } }, { type: "keepRecord", kind: "room", key: id });
}

/** Ends the room where nobody is in it, nothing was said there and nobody prepared it. */
export function endIfBlank(registry: Registry, room: Room<Member>, effects: Effect[]): void {
  if (room.isUnused && registry.rooms.get(room.name) === room) endRoom(registry, room, effects);
}

/** Ends rooms from before the start to which nobody came back in time, `ROOMS_ENDED_AT_ONCE` at most. */
export function endDeserted(registry: Registry, now: number, effects: Effect[]): void {
  registry.startedAt ??= now;
  if (registry.unusedRooms.length === 0 || now < registry.startedAt + GRACE_MS) return;
  for (const room of registry.unusedRooms.splice(0, ROOMS_ENDED_AT_ONCE)) endIfBlank(registry, room, effects);
}

/** Keeps the room, and where an owner or an account within its quota speaks from the session, also while it is empty. */
export function prepareRoom(registry: Registry, session: Session, room: Room<Member>): Effect[] {
  const account = session.member && registry.accounts.withId(session.member.id)?.id;
  const by = isTrusted(registry, session) ? OWNERS : account;
  const isPrepared = by !== undefined && room.seq === 0 && registry.roomQuota.prepare(room, by);
  return isPrepared || !room.kept ? keepRoom(registry, room) : [];
}

/** From here on the room outlives the process, and with it who moderates it. */
export function keepRoom(registry: Registry, room: Room<Member>): Effect[] {
  const { id, name, topic } = room;
  const effects: Effect[] = [
    { type: "keepRoom", room: { id, name, topic } },
    { type: "keepRecord", kind: "room", key: id, value: room.origin },
  ];
  if (!room.kept) {
    registry.restrictions.keepAll((order) => order.room === name && outlives(registry, order), effects);
    registry.roles.keepAll((grant) => grant.room === name && canReturn(registry, grant.member), effects);
  }
  room.kept = true;
  return effects;
}

/** What is about somebody who cannot come back ends with them. */
export function outlives(registry: Registry, { member, address }: ActiveRestriction): boolean {
  return member === undefined || address !== undefined || canReturn(registry, member);
}

/** False for a member who has no way to come back. */
export function canReturn(registry: Registry, { id }: MemberInfo): boolean {
  return registry.withId(id)?.canReturn !== false;
}
