/** One room as a view shows it, and how it changes. */

import { MAX_MEMBERS_LISTED } from "../protocol/limits.ts";
import type { JoinedEvent, Member, MembersEvent, PresenceEvent, RoomMessage } from "../protocol/messages.ts";

const MAX_SPEAKERS = 50;
/** Comings and goings of a big room are told in part only, so those known would pile up. */
const MAX_MEMBERS_KNOWN = 5 * MAX_MEMBERS_LISTED;

export interface RoomState {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  /** By id; in big rooms only some of them. */
  readonly members: ReadonlyMap<string, Member>;
  /** Of all members. */
  readonly count: number;
  /** The newest there is, as far as we know. */
  readonly seq: number;
  /** Names, latest first, at most 50: for completion. */
  readonly speakers: readonly string[];
}

export function roomOf({ room, members, count, seq }: JoinedEvent): RoomState {
  const speakers = members.slice(0, MAX_SPEAKERS).map(({ name }) => name);
  return { ...room, members: byId(members), count, seq, speakers };
}

export function withMember(room: RoomState, member: Member): RoomState {
  const isNew = !room.members.has(member.id);
  return { ...room, members: changed(room.members, [member], []), count: room.count + (isNew ? 1 : 0) };
}

export function withoutMember(room: RoomState, member: Member): RoomState {
  return { ...room, members: changed(room.members, [], [member]), count: Math.max(0, room.count - 1) };
}

export function withPresence(room: RoomState, { joined, left, count }: PresenceEvent): RoomState {
  return { ...room, members: changed(room.members, joined, left), count };
}

export function withMembers(room: RoomState, { members, count }: MembersEvent): RoomState {
  return { ...room, members: byId(members), count };
}

export function withMessage(room: RoomState, { from, seq }: RoomMessage): RoomState {
  return { ...room, seq: Math.max(room.seq, seq), speakers: promoted(room.speakers, from.name) };
}

/** The room itself where the member is unknown in it. */
export function withRename(room: RoomState, member: Member, was: string): RoomState {
  const known = room.members.has(member.id);
  const spoke = room.speakers.includes(was);
  if (!known && !spoke) return room;
  return {
    ...room,
    members: known ? changed(room.members, [member], []) : room.members,
    speakers: spoke ? room.speakers.map((name) => name === was ? member.name : name) : room.speakers,
  };
}

function byId(members: readonly Member[]): Map<string, Member> {
  return new Map(members.map((member) => [member.id, member]));
}

function changed(
  members: ReadonlyMap<string, Member>,
  joined: readonly Member[],
  left: readonly Member[],
): ReadonlyMap<string, Member> {
  const result = new Map(members);
  for (const member of joined) result.set(member.id, member);
  for (const { id } of left) result.delete(id);
  for (const id of result.keys()) {
    if (result.size <= MAX_MEMBERS_KNOWN) break;
    result.delete(id);
  }
  return result;
}

function promoted(speakers: readonly string[], name: string): readonly string[] {
  if (speakers[0] === name) return speakers;
  return [name, ...speakers.filter((other) => other !== name)].slice(0, MAX_SPEAKERS);
}
