/**
 * Everything a client knows about the chat: who we are, our rooms, the link and the pending messages.
 * `client_state_reducer.ts` derives it from the events of the client. `Client` owns the one current state and passes it on
 * with each event, so that no view keeps a copy of its own.
 */

import type { HostsEvent, MemberInfo, NoticeEvent, ReadMark, WelcomeEvent } from "../../protocol/messages/messages.ts";
import type { ClientEvent, Status } from "../client_event.ts";
import type { PendingMessage } from "../delivery/message_intent.ts";
import type { ConversationState, KnownConversations } from "./conversation_state.ts";
import type { KnownCalls } from "./known_calls.ts";
import type { KnownRestrictions, Recent, RoomState } from "./room_state.ts";

export type { ConversationState, RoomState };

export interface ClientState {
  readonly status: Status;
  /** `new` until the first link is online, `down` from a failed attempt or a lost link until the next one is online. */
  readonly link: "new" | "up" | "down";
  readonly server?: WelcomeEvent["server"];
  /** The addresses of the servers of the chat, as the last server lists them; empty if it is the only one. */
  readonly servers: readonly string[];
  /** The host of a shared chat and its candidates; absent in a chat with one host. */
  readonly hosts?: HostsEvent;
  readonly you?: MemberInfo;
  /** Whether this connection is the owner's. */
  readonly owner?: true;
  /** The known restrictions of the whole server, by id. */
  readonly restrictions: KnownRestrictions;
  /** Notices about moderation of ourselves, oldest first, at most 20. */
  readonly notices: readonly NoticeEvent[];
  /** By name, in the order joined. Kept while there is no link. */
  readonly rooms: ReadonlyMap<string, RoomState>;
  readonly conversations: KnownConversations;
  /** Calls in the rooms and conversations, by id. The server tells them again after each join. */
  readonly calls: KnownCalls;
  /** In the order sent. */
  readonly pending: readonly PendingMessage[];
}

/** Receives each event of a client with the client's state after and before it. */
export type ClientListener = (event: ClientEvent, state: ClientState, before: ClientState) => void;

export const initialState: ClientState = {
  status: { kind: "connecting", attempt: 1 },
  link: "new",
  servers: [],
  restrictions: new Map(),
  notices: [],
  rooms: new Map(),
  conversations: new Map(),
  calls: new Map(),
  pending: [],
};

/** The known state of the room or conversation with this key. */
export function placeState(state: ClientState, key: string): RoomState | ConversationState | undefined {
  return state.rooms.get(key) ?? state.conversations.get(key);
}

/** The state with these recent messages of the room or conversation with this key, if it is known. */
export function withRecent(state: ClientState, key: string, recent: readonly Recent[]): ClientState {
  const room = state.rooms.get(key);
  if (room !== undefined) return { ...state, rooms: new Map(state.rooms).set(key, { ...room, recent }) };
  const conversation = state.conversations.get(key);
  if (conversation === undefined) return state;
  return { ...state, conversations: new Map(state.conversations).set(key, { ...conversation, recent }) };
}

/** Up to where the member has read the room or conversation with this key, as the server knows it. */
export function markOf(state: ClientState, key: string): ReadMark | undefined {
  return placeState(state, key)?.mark;
}
