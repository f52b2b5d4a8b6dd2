import { ProtocolError } from "../protocol/errors.ts";
import { quote } from "../protocol/names.ts";
import type { Effect } from "./effect.ts";
import type { Member } from "./member.ts";
import type { Standing } from "./orders.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";

/** Throws `no_such_room`. */
export function existing(registry: Registry, name: string): Room {
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

/** From here on the room outlives the process, and with it who moderates it. */
export function keepRoom(registry: Registry, room: Room): Effect[] {
  const { id, name, topic } = room;
  const effects: Effect[] = [{ type: "keepRoom", room: { id, name, topic } }];
  if (!room.kept) registry.orders.keepAll((order) => order.room === name && outlives(registry, order), effects);
  room.kept = true;
  return effects;
}

/** What is about somebody who cannot come back ends with them. */
export function outlives(registry: Registry, { member, address }: Standing): boolean {
  return member === undefined || address !== undefined || registry.withId(member.id)?.canReturn !== false;
}
