/** How each event of a client changes what it knows about the chat. */

import { isStatelessReply } from "../../protocol/messages/event_schemas.ts";
import { MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import type {
  Change,
  ErrorEvent,
  JoinedEvent,
  LeaveEvent,
  MarkEvent,
  MemberInfo,
  Message,
  Partner,
  RenameEvent,
  RestrictionEvent,
  RestrictionsEvent,
  RoleEvent,
  ServerEvent,
  WelcomeEvent,
} from "../../protocol/messages/messages.ts";
import type { ClientEvent, Status } from "../client_event.ts";
import type { ClientState } from "./client_state.ts";
import {
  type ConversationState,
  withConversation,
  withDirectMessage,
  withListed,
  withPartnerName,
} from "./conversation_state.ts";
import { withCall } from "./known_calls.ts";
import { roomOfJoinRef } from "../join/join_requests.ts";
import {
  roomOf,
  type RoomState,
  withAway,
  withChange,
  withKnownRestriction,
  withMember,
  withMembers,
  withMessage,
  withoutMember,
  withPresence,
  withRename,
  withRestriction,
  withRole,
} from "./room_state.ts";

const MAX_NOTICES = 20;

/** Returns the state after an event: the same object if the event changes nothing. */
export function reduceClientState(state: ClientState, event: ClientEvent): ClientState {
  switch (event.type) {
    case "status":
      return { ...state, status: event.status, link: linkAfter(event.status, state.link) };
    case "received":
      return event.event === undefined ? state : received(state, event.event);
    case "pending":
      return { ...state, pending: [...state.pending, event.message] };
    case "acknowledged":
    case "dropped":
    case "failed":
      return { ...state, pending: state.pending.filter(({ ref }) => ref !== event.message.ref) };
    case "linkOffer":
    case "linkClaim":
    case "falseSignature":
    case "signatures":
      return state;
    default:
      return event satisfies never;
  }
}

function linkAfter({ kind }: Status, link: ClientState["link"]): ClientState["link"] {
  if (kind === "online") return "up";
  return kind === "waiting" ? "down" : link;
}

function received(state: ClientState, event: ServerEvent): ClientState {
  if (isStatelessReply(event)) return state;
  switch (event.type) {
    case "welcome":
      return welcomed(state, event);
    case "servers":
      return { ...state, servers: event.servers };
    case "joined":
      return joined(state, event);
    case "join":
      return inRoom(state, event.room, (room) => withMember(room, event.member));
    case "leave":
      return left(state, event);
    case "presence":
      return inRoom(state, event.room, (room) => withPresence(room, event));
    case "message":
      return withNewMessage(state, event);
    case "edited":
    case "deleted":
    case "reacted":
      return withNewChange(state, event);
    case "conversations":
      return { ...state, conversations: withListed(state.conversations, event) };
    case "mark":
      return withMark(state, event);
    case "rename":
      return renamed(state, event);
    case "away":
      return changedAway(state, event.member);
    case "topic":
      return inRoom(state, event.room, (room) => ({ ...room, topic: event.text }));
    case "members":
      return inRoom(state, event.room, (room) => withMembers(room, event));
    case "error":
      return refused(state, event);
    case "authenticated":
      return event.role === "owner" ? { ...state, owner: true } : state;
    case "restriction":
      return restricted(state, event);
    case "role":
      return withChangedRole(state, event);
    case "restrictions":
      return listed(state, event);
    case "notice":
      return event.ref === undefined ? { ...state, notices: [...state.notices, event].slice(-MAX_NOTICES) } : state;
    case "call":
      return { ...state, calls: withCall(state.calls, event) };
    case "hosts":
      return { ...state, hosts: event };
    case "hosting":
    case "renumbered":
    case "typing":
    case "media":
    case "direct":
    case "ack":
    case "goodbye":
    case "ping":
    case "pong":
      return state;
    default:
      return event satisfies never;
  }
}

/** Another server has other conversations. */
function welcomed({ hosts: _, ...state }: ClientState, { server, servers = [] }: WelcomeEvent): ClientState {
  const conversations = server.id === state.server?.id ? state.conversations : new Map();
  return { ...state, server, servers, owner: undefined, restrictions: new Map(), conversations, calls: new Map() };
}

function withNewMessage(state: ClientState, message: Message): ClientState {
  if ("room" in message) return inRoom(state, message.room, (room) => withMessage(room, message));
  return inConversation(state, message, (before) => withDirectMessage(before, message, state.you?.id));
}

function withNewChange(state: ClientState, change: Change): ClientState {
  if ("room" in change) return inRoom(state, change.room, (room) => withChange(room, change));
  return inConversation(state, change, (before) => withChange(before, change));
}

function inConversation(
  state: ClientState,
  place: { readonly with: Partner },
  change: (before: ConversationState) => ConversationState,
): ClientState {
  return { ...state, conversations: withConversation(state.conversations, place.with, change) };
}

function withMark(state: ClientState, { room, with: partner, id, seq }: MarkEvent): ClientState {
  const mark = { id, seq };
  if (room !== undefined) return inRoom(state, room, (before) => ({ ...before, mark }));
  if (partner === undefined) return state;
  return inConversation(state, { with: partner }, (before) => ({ ...before, mark, unread: 0 }));
}

/** Copies the map of rooms, which is short, but not that of a room's members. */
function inRoom(state: ClientState, name: string, change: (room: RoomState) => RoomState): ClientState {
  const room = state.rooms.get(name);
  return room === undefined ? state : { ...state, rooms: new Map(state.rooms).set(name, change(room)) };
}

function joined(state: ClientState, event: JoinedEvent): ClientState {
  const { name } = event.room;
  const { id, away } = event.you;
  const you = { id, name: event.you.name, ...away && { away } };
  if (!state.rooms.has(name) && state.rooms.size >= MAX_ROOMS_PER_MEMBER) return { ...state, you };
  return { ...state, you, rooms: new Map(state.rooms).set(name, roomOf(event)) };
}

function restricted(state: ClientState, { restriction, ...event }: RestrictionEvent): ClientState {
  const off = event.off === true;
  const { room: name } = restriction;
  if (name !== undefined) return inRoom(state, name, (room) => withRestriction(room, restriction, off));
  return { ...state, restrictions: withKnownRestriction(state.restrictions, restriction, off) };
}

/** A member got or lost a role, in one room or in all of them. */
function withChangedRole(state: ClientState, { room: name, member: { id }, role, off }: RoleEvent): ClientState {
  const next = off ? undefined : role;
  if (name !== undefined) return inRoom(state, name, (room) => withRole(room, id, next));
  return { ...state, rooms: new Map(Array.from(state.rooms, ([name, room]) => [name, withRole(room, id, next)])) };
}

/** Replaces the known restrictions of a room, or of the server. */
function listed(state: ClientState, { room: name, restrictions: latestFirst }: RestrictionsEvent): ClientState {
  const restrictions = new Map(latestFirst.toReversed().map((restriction) => [restriction.id, restriction]));
  return name === undefined ? { ...state, restrictions } : inRoom(state, name, (room) => ({ ...room, restrictions }));
}

function left(state: ClientState, { room, member }: LeaveEvent): ClientState {
  if (member.id === state.you?.id) return withoutRoom(state, room);
  return inRoom(state, room, (before) => withoutMember(before, member));
}

/** Removes a room that refuses a rejoin, unless another attempt may succeed. */
function refused(state: ClientState, { code, ref, suggestion }: ErrorEvent): ClientState {
  const maySucceed = code === "rate_limited" || code === "name_taken" || suggestion !== undefined;
  const room = maySucceed ? undefined : roomOfJoinRef(ref);
  return room === undefined ? state : withoutRoom(state, room);
}

function withoutRoom(state: ClientState, name: string): ClientState {
  if (!state.rooms.has(name)) return state;
  const rooms = new Map(state.rooms);
  rooms.delete(name);
  return { ...state, rooms };
}

function renamed(state: ClientState, { member, was }: RenameEvent): ClientState {
  const rooms = new Map(Array.from(state.rooms, ([name, room]) => [name, withRename(room, member, was)]));
  const conversations = withPartnerName(state.conversations, member);
  const { you } = state;
  const self = member.id === you?.id ? { ...member, ...you.away && { away: you.away } } : you;
  return { ...state, you: self, rooms, conversations };
}

/** A member went away or came back, in all our rooms. Of ourselves only our own word counts: we know that we are idle. */
function changedAway(state: ClientState, member: MemberInfo): ClientState {
  const rooms = new Map(Array.from(state.rooms, ([name, room]) => [name, withAway(room, member)]));
  const { id, name, away } = member;
  const you = id === state.you?.id ? { id, name, ...away && !away.idle && { away } } : state.you;
  return { ...state, you, rooms };
}
