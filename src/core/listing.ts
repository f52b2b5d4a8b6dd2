import { ProtocolError } from "../protocol/errors.ts";
import { MAX_LIST_BYTES, MAX_ROOMS_LISTED } from "../protocol/limits.ts";
import type {
  HistoryCommand,
  MembersCommand,
  RoomsCommand,
  RoomSummary,
  SearchCommand,
  TopicCommand,
} from "../protocol/messages.ts";
import { quote } from "../protocol/names.ts";
import { utf8Length } from "../protocol/text.ts";
import type { Effect } from "./effect.ts";
import type { Caller } from "./member.ts";
import type { Registry } from "./registry.ts";
import type { Room } from "./room.ts";
import { timestamp } from "./timestamp.ts";

export function members(registry: Registry, { session }: Caller, { room: name, ref }: MembersCommand): Effect[] {
  const room = existing(registry, name);
  const event = { type: "members" as const, ref, room: name, members: room.listMembers(), count: room.size };
  return [{ type: "send", session: session.id, event }];
}

/** Fullest first, as many as fit on a line. */
export function rooms(registry: Registry, { session }: Caller, { ref }: RoomsCommand): Effect[] {
  const all = [...registry.rooms.values()].sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  const listed: RoomSummary[] = [];
  let bytes = 0;
  for (const { id, name, topic, size } of all.slice(0, MAX_ROOMS_LISTED)) {
    const summary = { id, name, topic, count: size };
    bytes += utf8Length(JSON.stringify(summary)) + 1;
    if (bytes > MAX_LIST_BYTES) break;
    listed.push(summary);
  }
  return [{ type: "send", session: session.id, event: { type: "rooms", ref, rooms: listed, count: all.length } }];
}

export function history(_: Registry, { session }: Caller, command: HistoryCommand): Effect[] {
  const { ref, room, before, limit } = command;
  return [{ type: "page", session: session.id, room, before, limit, ref }];
}

export function search(_: Registry, { session }: Caller, command: SearchCommand): Effect[] {
  const { ref, room, query, limit } = command;
  return [{ type: "search", session: session.id, room, query, limit, ref }];
}

export function setTopic(
  registry: Registry,
  { session, member }: Caller,
  { ref, room: name, text }: TopicCommand,
  now: number,
): Effect[] {
  const room = existing(registry, name);
  room.topic = text;
  room.kept = true;
  const event = { type: "topic" as const, room: name, text, by: member.info, at: timestamp(now) };
  return [
    { type: "keepRoom", room: { id: room.id, name, topic: text } },
    { type: "send", session: session.id, event: ref === undefined ? event : { ...event, ref } },
    { type: "broadcast", sessions: room.sessionsBut(member), event },
  ];
}
