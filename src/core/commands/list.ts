/** Queries: lists of members, rooms and restrictions, `whois`, and pages of the history and the audit log. */

import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_LIST_BYTES, MAX_ROOMS_LISTED } from "../../protocol/limits.ts";
import type {
  AuditCommand,
  HistoryCommand,
  MembersCommand,
  Partner,
  RestrictionsCommand,
  RoomsCommand,
  SearchCommand,
  WhoisCommand,
} from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import { checkSearchQuery, parseSearchQuery } from "../../protocol/text/search_query.ts";
import { longestPrefix, utf8Length } from "../../protocol/text/utf8_length.ts";
import { isUuidV7, timeOfUuid } from "../../protocol/uuid.ts";
import { isKeyDigest, keyOf } from "../hub_command.ts";
import type { Channel } from "../state/direct_conversation.ts";
import type { Member } from "../state/members/member.ts";
import { actorOf, checkRank, describeMember, rankOf } from "../state/ranks.ts";
import { noSuchMember } from "../state/members/member_names.ts";
import type { Registry } from "../state/registry.ts";
import { describeRestriction } from "../state/restrictions.ts";
import { describeGrant } from "../state/roles.ts";
import type { Caller, Session } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { channelOf, partnerIn } from "./conversations/channel_lookup.ts";
import { seqAfter } from "./message_lookup.ts";
import { describeAway, describeMembers } from "./presence/member_list.ts";
import { findRoom } from "./room_lifecycle.ts";

/** Lists the members of a room. Throws `no_such_room`, or `forbidden` if the caller may not see the room. */
export function listMembers(turn: Turn, caller: Caller, { room: name, ref }: MembersCommand): void {
  const { registry } = turn;
  const room = findRoom(registry, name);
  if (!maySee(registry, caller, name) || isLockedTo(registry, caller, name)) {
    throw new ProtocolError("forbidden", `Room ${quote(name)} is closed to you: join it first`);
  }
  const members = describeMembers(registry, room);
  send(turn, caller.session, { type: "members", ref, room: name, members, count: room.size });
}

/** False for other rooms if the caller was invited to one room only. */
function maySee(registry: Registry, { session, member }: Caller, room: string): boolean {
  const { onlyRoom } = session;
  return onlyRoom === undefined || onlyRoom === room || member.memberships.has(room) ||
    registry.restrictions.isAllowed(member.id, room);
}

/** True if the room is locked and the caller is neither in it nor moderates it. */
function isLockedTo(registry: Registry, { member }: Caller, room: string): boolean {
  if (registry.restrictions.lock(room) === undefined) return false;
  return !member.memberships.has(room) && rankOf(registry, member, room) === 0;
}

/** Lists the rooms with the most members, as many as fit on a line. */
export function listRooms(turn: Turn, caller: Caller, { ref }: RoomsCommand): void {
  const { registry } = turn;
  const visible = [...registry.rooms.values()].filter(({ name }) => maySee(registry, caller, name));
  const sorted = visible.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  const summaries = sorted.slice(0, MAX_ROOMS_LISTED).map(({ id, name, topic, size }) => {
    // The topic of a locked room is for members who may enter it.
    return { id, name, topic: isLockedTo(registry, caller, name) ? "" : topic, count: size };
  });
  const rooms = longestPrefix(summaries, MAX_LIST_BYTES);
  send(turn, caller.session, { type: "rooms", ref, rooms, count: sorted.length });
}

/**
 * Describes the member called `name`: roles, shared rooms, and the time of the first join. Throws `no_such_member` if no
 * member has that name, or if the caller was invited to one room only and the member is not in it.
 */
export function describeByName(turn: Turn, caller: Caller, { name, ref }: WhoisCommand): void {
  const { registry, now } = turn;
  const target = registry.memberNamed(name, now);
  const { onlyRoom } = caller.session;
  const isVisible = onlyRoom === undefined || target === caller.member || target?.memberships.has(onlyRoom);
  if (target === undefined || !isVisible) {
    throw noSuchMember(name);
  }
  const keys = keysOf(registry, target);
  const shared = [...target.memberships.keys()].filter((room) => caller.member.memberships.has(room)).sort();
  send(turn, caller.session, {
    type: "whois",
    ref,
    member: describeAway(describeMember(registry, target, undefined), target.away?.current),
    rooms: shared.map((room) => ({ room, role: describeMember(registry, target, room).role })),
    since: timeOfId(target.id),
    ...target.sessions.length === 0 ? { absent: true } : {},
    ...keys.length > 0 ? { keys } : {},
  });
}

/** The keys with which the member may join now. */
function keysOf({ devices, accounts }: Registry, { id, tokenDigest }: Member): string[] {
  const account = accounts.withId(id);
  const listed = devices.of(id)?.devices.map(({ key }) => key);
  const digests = account === undefined ? [tokenDigest] : accounts.digestsOf(account);
  return [...new Set(listed ?? digests.filter(isKeyDigest).map(keyOf))];
}

/** Returns the time in a UUIDv7; `undefined` for another id, which an import may have. */
function timeOfId(id: string): string | undefined {
  return isUuidV7(id) ? timestamp(timeOfUuid(id)) : undefined;
}

/** Asks the server for a page of the history of a room or conversation. */
export function readHistory(turn: Turn, caller: Caller, command: HistoryCommand): void {
  const { ref, before, after, limit, changes } = command;
  const channel = channelOf(turn, caller, command);
  turn.effects.push({
    ...{ type: "page" as const, session: caller.session.id, ...where(turn, caller, channel), before, limit, ref },
    ...after === undefined ? {} : { after: seqAfter(turn.registry, channel, after) },
    ...changes && { changes },
  });
}

/** Asks the server for the messages that match. Throws `invalid` if the query names nothing to search for. */
export function searchMessages(turn: Turn, caller: Caller, command: SearchCommand): void {
  const { ref, query, limit } = command;
  const parsed = parseSearchQuery(query);
  checkSearchQuery(parsed);
  const place = where(turn, caller, channelOf(turn, caller, command));
  turn.effects.push({ type: "search", session: caller.session.id, ...place, query, parsed, limit, ref });
}

function where(turn: Turn, { member }: Caller, channel: Channel): { readonly room: string; readonly with?: Partner } {
  const partner = partnerIn(turn, channel, member.id);
  return partner === undefined ? { room: channel.name } : { room: channel.name, with: partner };
}

/**
 * Lists restrictions and roles, newest first. Those of one room are for its members and moderators, those of all rooms for
 * owners and moderators of all rooms. Throws `forbidden`.
 */
export function listRestrictions(turn: Turn, session: Session, { ref, room }: RestrictionsCommand): void {
  const { registry } = turn;
  actorOf(session);
  const isInside = room !== undefined && session.member?.memberships.has(room);
  if (!isInside) checkRank(registry, session, room);
  const found = room === undefined ? registry.restrictions.list() : registry.restrictions.inRoom(room).reverse();
  const grants = room === undefined ? registry.roles.list() : registry.roles.inRoom(room).reverse();
  const moderators = longestPrefix(grants.map(describeGrant), MAX_LIST_BYTES / 2);
  const bytesLeft = MAX_LIST_BYTES - utf8Length(JSON.stringify(moderators));
  const described = found.map((restriction) => describeRestriction(restriction, session.isOwner));
  const restrictions = longestPrefix(described, bytesLeft);
  const count = found.length + grants.length;
  send(turn, session, { type: "restrictions", ref, room, restrictions, moderators, count });
}

/** Asks the server for a page of the audit log. Only owners see addresses. Throws `forbidden`. */
export function readAudit({ registry, effects }: Turn, session: Session, command: AuditCommand): void {
  const { ref, room, before, limit } = command;
  checkRank(registry, session, room);
  effects.push({ type: "auditPage", session: session.id, room, before, limit, addresses: session.isOwner, ref });
}
