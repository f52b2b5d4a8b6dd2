/** Checks of mutes. A mute hides more than messages: no text that the member chose is shown where the mute holds. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_NAME_CHARS } from "../../protocol/limits.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Member } from "./members/member.ts";
import type { ActiveRestriction } from "./restrictions.ts";
import type { Registry } from "./registry.ts";
import { timestamp } from "../../protocol/text/durations.ts";

/** Whether the member is muted in the room or on the whole server. */
export function isMuted({ restrictions }: Registry, memberId: string, room: string | undefined): boolean {
  return restrictions.limitWriting && restrictions.muteOf(memberId, room) !== undefined;
}

/** Throws `forbidden` if the member is muted in the room or on the whole server; without `room`, on the server only. */
export function checkNotMuted({ restrictions }: Registry, member: Member, room: string | undefined): void {
  const mute = restrictions.limitWriting ? restrictions.muteOf(member.id, room) : undefined;
  if (mute !== undefined) throw muted(mute);
}

/** Throws `forbidden` if the member is muted on the server or in one of their rooms, which would show a new name or text. */
export function checkNowhereMuted(registry: Registry, member: Member): void {
  const [mute] = mutesThatApply(registry, member);
  if (mute !== undefined) throw muted(mute);
}

/**
 * The name under which the member must enter the room: the name they were muted under, if that mute holds on the
 * server, in this room, or in a room that they are in. `undefined` if they may use any name.
 */
export function nameHeldByMute(registry: Registry, member: Member, room: string): string | undefined {
  const [mute] = mutesThatApply(registry, member, room);
  return mute?.member?.name;
}

/**
 * Throws `forbidden` if a mute forbids the member to enter the room as `name`, or to create the room: everyone sees
 * the names of rooms.
 */
export function checkEntry(registry: Registry, member: Member, name: string, room: string): void {
  for (const { member: muted } of mutesThatApply(registry, member, room)) {
    if (muted === undefined || muted.name === name) continue;
    if (isNumbered(muted.name, name) && isTaken(registry, muted.name, member)) continue;
    const text = `You were muted as ${quote(muted.name)}: join with that name, or ask a moderator to end the mute`;
    throw new ProtocolError("forbidden", text);
  }
  const there = registry.rooms.get(room);
  // An unused room from before a restart exists already, so its name is not new.
  const isNew = room !== DEFAULT_ROOM && (there === undefined || (there.isUnused && !there.kept));
  if (isNew) checkNotMuted(registry, member, undefined);
}

/** Whether `numbered` is a name that the server suggests if `name` is taken. */
function isNumbered(name: string, numbered: string): boolean {
  const number = /\d+$/.exec(numbered)?.[0] ?? "";
  const start = [...name].slice(0, MAX_NAME_CHARS - number.length).join("");
  return number !== "" && start + number === numbered;
}

function isTaken(registry: Registry, name: string, self: Member): boolean {
  try {
    registry.names.checkFree(name, self);
    return false;
  } catch {
    return true;
  }
}

/** The member's mutes on the server, in `room`, and in the rooms that they are in. */
function* mutesThatApply(
  { restrictions }: Registry,
  member: Member,
  room?: string,
): Iterable<ActiveRestriction> {
  if (!restrictions.limitWriting) return;
  for (const name of [room, ...member.memberships.keys()]) {
    const mute = restrictions.muteOf(member.id, name);
    if (mute !== undefined) yield mute;
  }
}

function muted({ room, until }: ActiveRestriction): ProtocolError {
  const where = room === undefined ? "" : ` in room ${quote(room)}`;
  const end = until === undefined ? "" : ` until ${timestamp(until)}`;
  return new ProtocolError("forbidden", `You are muted${where}${end}: ask a moderator to end it`);
}
