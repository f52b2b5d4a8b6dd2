/** The state of one room, and how events change it. */

import { MAX_MEMBERS_KNOWN, MAX_RECENT_MESSAGES, MAX_RESTRICTIONS_KNOWN, MAX_SPEAKERS } from "../../protocol/limits.ts";
import type {
  Change,
  JoinedEvent,
  MemberInfo,
  MembersEvent,
  Message,
  PresenceEvent,
  ReadMark,
  Restriction,
  RoomMessage,
} from "../../protocol/messages/messages.ts";
import { dropOldest } from "./drop_oldest.ts";

export interface RoomState {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  /** New members need the room's password, an invite or a moderator's permission. */
  readonly locked?: true;
  /** Seconds between two messages of one member. */
  readonly slow?: number;
  /** The room's known restrictions, by id. */
  readonly restrictions: KnownRestrictions;
  /** By id; only some of them in large rooms. */
  readonly members: ReadonlyMap<string, MemberInfo>;
  /** Number of all members. */
  readonly count: number;
  /** The highest known seq. */
  readonly seq: number;
  /** The last messages with their edits applied, oldest first, at most `MAX_RECENT_MESSAGES`. */
  readonly recent: readonly Recent[];
  /** Up to where the member has read the room, on any device. */
  readonly mark?: ReadMark;
  /** Names for completion, latest speaker first, at most `MAX_SPEAKERS`. */
  readonly speakers: readonly string[];
}

/** A message that `/reply`, `/react`, `/edit` and `/delete` can refer to without a number. */
export interface Recent {
  readonly id: string;
  readonly seq: number;
  readonly from: MemberInfo;
  readonly text: string;
}

/** At most `MAX_RESTRICTIONS_KNOWN`; the oldest is dropped first. */
export type KnownRestrictions = ReadonlyMap<string, Restriction>;

export function roomOf({ room, members, count, seq, mark }: JoinedEvent): RoomState {
  const speakers = members.slice(0, MAX_SPEAKERS).map(({ name }) => name);
  const known = { restrictions: new Map(), members: byId(members), count, seq, recent: [], speakers };
  return { ...room, ...known, ...mark && { mark } };
}

export function withMember(room: RoomState, member: MemberInfo): RoomState {
  const isNew = !room.members.has(member.id);
  return { ...room, members: changed(room.members, [member], []), count: room.count + (isNew ? 1 : 0) };
}

export function withoutMember(room: RoomState, member: MemberInfo): RoomState {
  return { ...room, members: changed(room.members, [], [member]), count: Math.max(0, room.count - 1) };
}

export function withPresence(room: RoomState, { joined, left, count }: PresenceEvent): RoomState {
  return { ...room, members: changed(room.members, joined, left), count };
}

export function withMembers(room: RoomState, { members, count }: MembersEvent): RoomState {
  return { ...room, members: byId(members), count };
}

export function withMessage(room: RoomState, message: RoomMessage): RoomState {
  const { from, seq } = message;
  const recent = withLatest(room.recent, message);
  return { ...room, seq: Math.max(room.seq, seq), recent, speakers: promoted(room.speakers, from.name) };
}

/** The recent messages after this one. One that comes again, with another seq, is the latest then. */
export function withLatest(recent: readonly Recent[], { id, from, seq, text, deleted }: Message): readonly Recent[] {
  if (deleted) return recent;
  const others = recent.some((other) => other.id === id) ? recent.filter((other) => other.id !== id) : recent;
  return [...others, { id, seq, from, text }].slice(-MAX_RECENT_MESSAGES);
}

/** The state of a room or conversation after a change of one of its messages. */
export function withChange<S extends { readonly seq: number; readonly recent: readonly Recent[] }>(
  room: S,
  change: Change,
): S {
  const next = { ...room, seq: Math.max(room.seq, change.seq) };
  const { seq } = change.of;
  if (change.type === "deleted") return { ...next, recent: room.recent.filter((message) => message.seq !== seq) };
  if (change.type === "reacted" || change.text === undefined) return next;
  const { text } = change;
  return { ...next, recent: room.recent.map((message) => message.seq === seq ? { ...message, text } : message) };
}

/** Adds a restriction, or removes one that has ended (`off`). */
export function withKnownRestriction(
  known: KnownRestrictions,
  restriction: Restriction,
  off: boolean,
): KnownRestrictions {
  const result = new Map(known);
  // Moves a changed restriction to the end.
  result.delete(restriction.id);
  if (!off) result.set(restriction.id, restriction);
  dropOldest(result, MAX_RESTRICTIONS_KNOWN);
  return result;
}

/** Applies a restriction to the room itself: its lock, slow mode and roles. */
export function withRestriction(room: RoomState, restriction: Restriction, off: boolean): RoomState {
  const next = { ...room, restrictions: withKnownRestriction(room.restrictions, restriction, off) };
  switch (restriction.kind) {
    case "lock":
      return off ? without(next, "locked") : { ...next, locked: true };
    case "slow":
      return off ? without(next, "slow") : { ...next, slow: restriction.seconds };
    default:
      return next;
  }
}

function without(room: RoomState, key: "locked" | "slow"): RoomState {
  const { [key]: _, ...rest } = room;
  return rest;
}

/** Sets a member's role. The owner's role never changes. */
export function withRole(room: RoomState, id: string, role: "moderator" | undefined): RoomState {
  const member = room.members.get(id);
  if (member === undefined || member.role === "owner") return room;
  const { role: _, ...rest } = member;
  return { ...room, members: changed(room.members, [role === undefined ? rest : { ...rest, role }], []) };
}

/** Returns the same room if the member is unknown in it. */
export function withRename(room: RoomState, member: MemberInfo, was: string): RoomState {
  const known = room.members.get(member.id);
  const spoke = room.speakers.includes(was);
  if (known === undefined && !spoke) return room;
  return {
    ...room,
    members: known === undefined ? room.members : changed(room.members, [renamed(known, member)], []),
    speakers: spoke ? room.speakers.map((name) => name === was ? member.name : name) : room.speakers,
  };
}

/** Returns the same room if the member is unknown in it. */
export function withAway(room: RoomState, { id, away }: MemberInfo): RoomState {
  const known = room.members.get(id);
  if (known === undefined) return room;
  const { away: _, ...rest } = known;
  return { ...room, members: changed(room.members, [away === undefined ? rest : { ...rest, away }], []) };
}

/** The known member with the name and the `new` mark of the event; role, account and away stay. */
function renamed({ id, role, account, away }: MemberInfo, { name, new: mark }: MemberInfo): MemberInfo {
  return { id, name, ...role && { role }, ...account && { account }, ...mark && { new: mark }, ...away && { away } };
}

function byId(members: readonly MemberInfo[]): Map<string, MemberInfo> {
  return new Map(members.map((member) => [member.id, member]));
}

function changed(
  members: ReadonlyMap<string, MemberInfo>,
  joined: readonly MemberInfo[],
  left: readonly MemberInfo[],
): ReadonlyMap<string, MemberInfo> {
  const result = new Map(members);
  for (const member of joined) result.set(member.id, member);
  for (const { id } of left) result.delete(id);
  dropOldest(result, MAX_MEMBERS_KNOWN);
  return result;
}

function promoted(speakers: readonly string[], name: string): readonly string[] {
  if (speakers[0] === name) return speakers;
  return [name, ...speakers.filter((other) => other !== name)].slice(0, MAX_SPEAKERS);
}
