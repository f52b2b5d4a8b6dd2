import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_LIST_BYTES, MAX_ROOMS_LISTED } from "../../protocol/limits.ts";
import type {
  HistoryCommand,
  MembersCommand,
  RoomsCommand,
  RoomSummary,
  SearchCommand,
  TopicCommand,
  WhoisCommand,
  WhoisEvent,
} from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import { checkSearchQuery, parseSearchQuery } from "../../protocol/text/search_query.ts";
import type { Effect } from "../effect.ts";
import { fitting } from "./list_prefix.ts";
import type { Caller } from "../state/member.ts";
import type { Registry } from "../state/registry.ts";
import { describeMember, rankOf } from "../state/ranks.ts";
import { existing, keepRoom, prepareRoom } from "./room_lifecycle.ts";
import { checkPace, checkVoice } from "./voice.ts";
import { timestamp } from "../timestamp.ts";

export function listMembers(registry: Registry, caller: Caller, { room: name, ref }: MembersCommand): Effect[] {
  const room = existing(registry, name);
  if (
    !maySee(registry, caller, name) ||
    (registry.restrictions.lock(name) !== undefined && !isInside(registry, caller, name))
  ) {
    throw new ProtocolError("forbidden", `Room ${quote(name)} is closed to you: join it first`);
  }
  const members = room.listMembers().map((member) => describeMember(registry, member, name));
  const event = { type: "members" as const, ref, room: name, members, count: room.size };
  return [{ type: "send", session: caller.session.id, event }];
}

/** Whoever was invited to one room knows of no other. */
function maySee(registry: Registry, { session, member }: Caller, room: string): boolean {
  const { onlyRoom: boundTo } = session;
  return boundTo === undefined || boundTo === room || member.memberships.has(room) ||
    registry.restrictions.isAllowed(member.id, room);
}

function isInside(registry: Registry, { member }: Caller, room: string): boolean {
  return member.memberships.has(room) || rankOf(registry, member, room) > 0;
}

/** Fullest first, as many as fit on a line. */
export function listRooms(registry: Registry, caller: Caller, { ref }: RoomsCommand): Effect[] {
  const seen = [...registry.rooms.values()].filter(({ name }) => maySee(registry, caller, name));
  const all = seen.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  const summaries = all.slice(0, MAX_ROOMS_LISTED).map(({ id, name, topic, size }) => {
    // The topic of a locked room is for those who may enter it.
    const isClosed = registry.restrictions.lock(name) !== undefined && !isInside(registry, caller, name);
    return { id, name, topic: isClosed ? "" : topic, count: size };
  });
  const listed: RoomSummary[] = fitting(summaries, MAX_LIST_BYTES);
  return [{
    type: "send",
    session: caller.session.id,
    event: { type: "rooms", ref, rooms: listed, count: all.length },
  }];
}

/**
 * Describes the member called `name`: roles, shared rooms, and the time of the first join. Throws `no_such_member` if no
 * member has that name, or if the caller was invited to one room only and the member is not in it.
 */
export function describeByName(registry: Registry, caller: Caller, { name, ref }: WhoisCommand, now: number): Effect[] {
  const target = registry.memberNamed(name, now);
  const { onlyRoom: boundTo } = caller.session;
  const isVisible = boundTo === undefined || target === caller.member || target?.memberships.has(boundTo);
  if (target === undefined || !isVisible) {
    throw new ProtocolError("no_such_member", `No member is called ${quote(name)}: /who lists those in a room`);
  }
  const shared = [...target.memberships.keys()].filter((room) => caller.member.memberships.has(room)).sort();
  const event: WhoisEvent = {
    type: "whois",
    ref,
    member: describeMember(registry, target, undefined),
    rooms: shared.map((room) => ({ room, role: describeMember(registry, target, room).role })),
    since: timeOfId(target.id),
    ...target.session === undefined ? { away: true } : {},
  };
  return [{ type: "send", session: caller.session.id, event }];
}

/** Returns the time in a UUIDv7 (RFC 9562, section 5.7); `undefined` for another id, which an import may have. */
function timeOfId(id: string): string | undefined {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.exec(id) ?? [];
  return high === undefined ? undefined : timestamp(parseInt(`${high}${low}`, 16));
}

export function readHistory(_: Registry, { session }: Caller, command: HistoryCommand): Effect[] {
  const { ref, room, before, limit, changes } = command;
  return [{ type: "page", session: session.id, room, before, limit, ...changes && { changes }, ref }];
}

export function searchMessages(_: Registry, { session }: Caller, command: SearchCommand): Effect[] {
  const { ref, room, query, limit } = command;
  const parsed = parseSearchQuery(query);
  checkSearchQuery(parsed);
  return [{ type: "search", session: session.id, room, query, parsed, limit, ref }];
}

export function setTopic(
  registry: Registry,
  { session, member }: Caller,
  { ref, room: name, text }: TopicCommand,
  now: number,
): Effect[] {
  checkVoice(registry, member, name);
  const room = existing(registry, name);
  checkPace(registry, member, room, now);
  room.topic = text;
  const event = { type: "topic" as const, room: name, text, by: member.info, at: timestamp(now) };
  const prepared = text === "" ? [] : prepareRoom(registry, session, room);
  return [
    ...prepared.length > 0 ? prepared : keepRoom(registry, room),
    { type: "send", session: session.id, event: ref === undefined ? event : { ...event, ref } },
    { type: "broadcast", sessions: room.sessionsBut(member), event },
  ];
}
