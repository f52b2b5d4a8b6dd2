/** Checks before a member writes: mutes, the lockdown, slow mode, rates, and the time in ids of clients. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_ID_AHEAD_MS } from "../../protocol/limits.ts";
import { quote } from "../../protocol/text/names.ts";
import { timeOfUuid } from "../../protocol/uuid.ts";
import type { Member } from "../state/members/member.ts";
import { checkNotMuted, isMuted } from "../state/mute_checks.ts";
import type { Registry } from "../state/registry.ts";
import { rankOf } from "../state/ranks.ts";
import type { Room } from "../state/room.ts";

/** Throws `forbidden` if the member may not write in the room, or without `room` a direct message. */
export function checkVoice(registry: Registry, member: Member, room: string | undefined): void {
  checkNotMuted(registry, member, room);
  if (!isSilenced(registry, member, room)) return;
  throw new ProtocolError("forbidden", "Only registered names may write at the moment: register, or wait");
}

/** Whether `checkVoice` lets the member write. */
export function hasVoice(registry: Registry, member: Member, room: string | undefined): boolean {
  return !isMuted(registry, member.id, room) && !isSilenced(registry, member, room);
}

/** Whether the lockdown keeps the member from writing. */
function isSilenced(registry: Registry, member: Member, room: string | undefined): boolean {
  const { restrictions, accounts } = registry;
  if (!restrictions.limitWriting || restrictions.lockdown === undefined) return false;
  return accounts.withId(member.id) === undefined && rankOf(registry, member, room) === 0;
}

/** Throws `rate_limited` if the room is in slow mode and the member wrote too short a time ago. */
export function checkPace(registry: Registry, member: Member, room: Room, now: number): void {
  if (room.slowSeconds === 0 || rankOf(registry, member, room.name) > 0) return;
  const retryAfter = room.takeTurn(member, now) / 1000;
  if (retryAfter === 0) return;
  const pace = `one message every ${inSeconds(room.slowSeconds)} per member`;
  const text = `Room ${quote(room.name)} allows ${pace}: try again in ${inSeconds(retryAfter)}`;
  throw new ProtocolError("rate_limited", text, { retryAfter });
}

/** Throws `rate_limited` if the member's messages exceed their rate. */
export function checkRate({ messages }: Member, now: number): void {
  const wait = messages?.take(now) ?? 0;
  if (wait > 0) throw tooFast(wait);
}

/** Throws `id_ahead` if the time in the id of a client is too far ahead. */
export function checkIdTime(id: string, now: number): void {
  const ahead = timeOfUuid(id) - now;
  if (ahead <= MAX_ID_AHEAD_MS) return;
  const most = `${MAX_ID_AHEAD_MS / 60_000} minutes`;
  const text = `The time in the id is ${Math.ceil(ahead / 60_000)} minutes ahead, more than ${most}: set your clock`;
  throw new ProtocolError("id_ahead", text);
}

export function idTaken(id: string): ProtocolError {
  return new ProtocolError("id_taken", `Id ${id} already belongs to another message: send yours again with a new id`);
}

/** The error for a command that the sender may repeat in `seconds`. */
export function tooFast(seconds: number): ProtocolError {
  const retryAfter = Math.ceil(seconds * 1000) / 1000;
  return new ProtocolError("rate_limited", `Too fast: try again in ${inSeconds(retryAfter)}`, { retryAfter });
}

function inSeconds(seconds: number): string {
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}
