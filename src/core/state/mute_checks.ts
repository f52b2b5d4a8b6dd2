/** A mute forbids more than messages: nothing that the member chose reaches a screen where the mute holds. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_NAME_CHARS } from "../../protocol/limits.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Member } from "./member.ts";
import type { ActiveRestriction } from "./restrictions.ts";
import type { Registry } from "./registry.ts";
import { timestamp } from "../../protocol/text/durations.ts";

/** Whether the member is muted in the room, or everywhere. */
export function isMuted({ restrictions: orders }: Registry, memberId: string, room: string | undefined): boolean {
  return orders.limitWriting && orders.muteOf(memberId, room) !== undefined;
}

/** Throws `forbidden` if the member is muted in the room, or everywhere. `undefined` for `room` asks for everywhere alone. */
export function checkNotMuted({ restrictions: orders }: Registry, member: Member, room: string | undefined): void {
  const mute = orders.limitWriting ? orders.muteOf(member.id, room) : undefined;
  if (mute !== undefined) throw muted(mute);
}

/** Throws `forbidden` if the members of one of their rooms must not see another name of the member. */
export function checkMayRename(registry: Registry, member: Member): void {
  const [mute] = mutesThatApply(registry, member);
  if (mute !== undefined) throw muted(mute);
}

/**
 * The name under which the member may enter the room: the one they were muted by, where the mute holds there, in a room
 * that they are in, or everywhere; `undefined` if any will do.
 */
export function nameHeldByMute(registry: Registry, member: Member, room: string): string | undefined {
  const [mute] = mutesThatApply(registry, member, room);
  return mute?.member?.name;
}

/** Throws `forbidden` if the member may not enter the room as `name`, or may not make it, since others see the names of rooms. */
export function checkEntry(registry: Registry, member: Member, name: string, room: string): void {
  for (const { member: muted } of mutesThatApply(registry, member, room)) {
    if (muted === undefined || muted.name === name) continue;
    if (isNumbered(muted.name, name) && isTaken(registry, muted.name, member)) continue;
    const text = `You were muted as ${quote(muted.name)}: come back by that name, or ask a moderator to lift the mute`;
    throw new ProtocolError("forbidden", text);
  }
  const there = registry.rooms.get(room);
  // A room from before a restart may be empty, but its name is no news.
  const isNew = room !== DEFAULT_ROOM && (there === undefined || (there.isUnused && !there.kept));
  if (isNew) checkNotMuted(registry, member, undefined);
}

/** Whether the name is one that the server suggests where the first one is taken. */
function isNumbered(name: string, numbered: string): boolean {
  const number = /\d+$/.exec(numbered)?.[0] ?? "";
  const start = [...name].slice(0, MAX_NAME_CHARS - number.length).join("");
  return number !== "" && start + number === numbered;
}

function isTaken(registry: Registry, name: string, self: Member): boolean {
  try {
    registry.checkFree(name, self);
    return false;
  } catch {
    return true;
  }
}

/** Mutes of the member that hold everywhere, in the room, and where the member is. */
function* mutesThatApply(
  { restrictions: orders }: Registry,
  member: Member,
  room?: string,
): Iterable<ActiveRestriction> {
  if (!orders.limitWriting) return;
  for (const name of [room, ...member.memberships.keys()]) {
    const mute = orders.muteOf(member.id, name);
    if (mute !== undefined) yield mute;
  }
}

function muted({ room, until }: ActiveRestriction): ProtocolError {
  const where = room === undefined ? "" : ` in room ${quote(room)}`;
  const end = until === undefined ? "" : ` until ${timestamp(until)}`;
  return new ProtocolError("forbidden", `You are muted${where}${end}: ask a moderator to lift it`);
}
