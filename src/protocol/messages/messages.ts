/** The contract that both ends share: what may stand on a line. This folder imports nothing of the project and names no runtime. */

import type { AccountEvent } from "./account_messages.ts";
import type { Change, Quote, Reaction } from "./change_messages.ts";
import type { ModerationEvent } from "./moderation_messages.ts";

export type * from "./account_messages.ts";
export type * from "./change_messages.ts";
export type * from "./client_commands.ts";
export type * from "./moderation_messages.ts";

/** The version of the protocol that `welcome` announces. */
export const PROTOCOL_VERSION = 1;

/** The room of those who name none. */
export const DEFAULT_ROOM = "lobby";

/** A text that begins so tells what its sender does: views show `* ada waves` in place of `ada: /me waves`. */
export const ACTION_PREFIX = "/me ";

/** Somebody as others see them. `id` stays through renames and returns; `name` is unique among those present. */
export interface MemberInfo {
  readonly id: string;
  readonly name: string;
  /** In lists and comings: what they are in that room. */
  readonly role?: "owner" | "moderator";
  /** In lists and comings: the name is registered, and theirs. */
  readonly account?: true;
  /** In comings and renames: somebody else had this name before. */
  readonly new?: true;
  /** In comings and goings: the member is muted there. Views update their lists and show nothing. */
  readonly quiet?: true;
}

/** The bounds a client must keep, as the server has them in force. */
export interface ServerLimits {
  readonly lineBytes: number;
  readonly nameChars: number;
  readonly textBytes: number;
  readonly rooms: number;
  readonly page: number;
  /** Messages a second and how many at once; absent where the server sets no rate. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
}

/** A new `server.id` means another data folder: whatever `after` the client had is void. */
export interface WelcomeEvent {
  readonly type: "welcome";
  readonly protocol: number;
  readonly server: { readonly id: string; readonly name: string; readonly version: string };
  readonly limits: ServerLimits;
}

export interface JoinedRoom {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly locked?: true;
  /** Seconds between two messages of one member. */
  readonly slow?: number;
}

/** The reply to `join`. `missed` messages follow at once; `truncated` says that older ones were left out. */
export interface JoinedEvent {
  readonly type: "joined";
  readonly ref?: string;
  readonly room: JoinedRoom;
  readonly you: MemberInfo & { readonly token: string };
  readonly seq: number;
  readonly members: readonly MemberInfo[];
  readonly count: number;
  readonly missed: number;
  readonly truncated?: true;
}

export interface JoinEvent {
  readonly type: "join";
  readonly room: string;
  readonly member: MemberInfo;
  readonly at: string;
}

export type LeaveReason = "left" | "closed" | "timeout" | "slow" | "kicked" | "shutdown" | "removed";

/** `removed`: the room has ended. With a `ref` it is the reply to one's own `leave`. */
export interface LeaveEvent {
  readonly type: "leave";
  readonly ref?: string;
  readonly room: string;
  readonly member: MemberInfo;
  readonly at: string;
  readonly reason: LeaveReason;
}

/** Stands in for `join` and `leave` in big rooms, once a second. */
export interface PresenceEvent {
  readonly type: "presence";
  readonly room: string;
  readonly count: number;
  readonly joined: readonly MemberInfo[];
  readonly left: readonly MemberInfo[];
}

/** A message of a room. `seq` rises by one with all that is kept there, messages and changes of them. */
export interface RoomMessage {
  readonly type: "message";
  readonly id: string;
  readonly room: string;
  readonly seq: number;
  readonly from: MemberInfo;
  /** As it is now; empty where it was deleted. */
  readonly text: string;
  readonly at: string;
  readonly reply?: Quote;
  readonly edited?: true;
  readonly deleted?: true;
  /** In pages of the history, by when each was first put there. */
  readonly reactions?: readonly Reaction[];
}

/** Whatever takes a seq in a room. */
export type RoomEntry = RoomMessage | Change;

/** A message from one member to another; both ends get it. */
export interface DirectMessage {
  readonly type: "message";
  readonly id: string;
  readonly to: MemberInfo;
  readonly from: MemberInfo;
  readonly text: string;
  readonly at: string;
}

export type Message = RoomMessage | DirectMessage;

/** The message, or the change of one, with this `ref` is stored and numbered. */
export interface AckEvent {
  readonly type: "ack";
  readonly ref: string;
  readonly id: string;
  readonly seq?: number;
  readonly at: string;
  /** The receiver of a direct message is away: it waits for them. */
  readonly waiting?: true;
}

export interface RenameEvent {
  readonly type: "rename";
  readonly ref?: string;
  readonly member: MemberInfo;
  readonly was: string;
  readonly at: string;
}

export interface TopicEvent {
  readonly type: "topic";
  readonly ref?: string;
  readonly room: string;
  readonly text: string;
  readonly by: MemberInfo;
  readonly at: string;
}

export interface MembersEvent {
  readonly type: "members";
  readonly ref?: string;
  readonly room: string;
  readonly members: readonly MemberInfo[];
  readonly count: number;
}

export interface RoomSummary {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly count: number;
}

/** Fullest rooms first; `count` is how many rooms there are, listed or not. */
export interface RoomsEvent {
  readonly type: "rooms";
  readonly ref?: string;
  readonly rooms: readonly RoomSummary[];
  readonly count: number;
}

/** Oldest first. `more` says that still older ones exist: ask again with `before` set to the first seq. */
export interface HistoryEvent {
  readonly type: "history";
  readonly ref?: string;
  readonly room: string;
  readonly messages: readonly RoomMessage[];
  /** Those between the messages, where they were asked for. */
  readonly changes?: readonly Change[];
  readonly more: boolean;
}

/** Newest first. */
export interface SearchEvent {
  readonly type: "search";
  readonly ref?: string;
  readonly room: string;
  readonly query: string;
  readonly messages: readonly RoomMessage[];
  readonly more: boolean;
}

/** Of the server (or an invite's secret), of a room, of the account whose name it is, or the owner's. */
export type PasswordKind = "server" | "room" | "account" | "admin";

export interface ErrorEvent {
  readonly type: "error";
  readonly ref?: string;
  readonly code: string;
  readonly message: string;
  /** Seconds after which the same command may pass. */
  readonly retryAfter?: number;
  /** A free name, with `name_taken`, and with `name_invalid` where the name is reserved. */
  readonly suggestion?: string;
  /** Whose password it is that is missing or wrong, with `wrong_password`. */
  readonly needs?: PasswordKind;
}

/** `replaced`: the same member joined from another connection with its token. `kicked`: by a ban of the whole server. */
export type GoodbyeReason = "left" | "shutdown" | "timeout" | "slow" | "replaced" | "refused" | "kicked";

export interface GoodbyeEvent {
  readonly type: "goodbye";
  readonly reason: GoodbyeReason;
  /** Seconds after which to come back; absent where coming back makes no sense. */
  readonly retryAfter?: number;
}

export interface PingEvent {
  readonly type: "ping";
  readonly ref?: string;
}

export interface PongEvent {
  readonly type: "pong";
  readonly ref?: string;
}

/** What a server may say. Closed, as `ClientCommand` is. */
export type ServerEvent =
  | WelcomeEvent
  | JoinedEvent
  | JoinEvent
  | LeaveEvent
  | PresenceEvent
  | Message
  | AckEvent
  | RenameEvent
  | TopicEvent
  | MembersEvent
  | RoomsEvent
  | HistoryEvent
  | SearchEvent
  | ErrorEvent
  | GoodbyeEvent
  | PingEvent
  | PongEvent
  | Change
  | AccountEvent
  | ModerationEvent;

/** Tells what takes a seq in a room from all else that is said. */
export function isRoomEntry(event: ServerEvent): event is RoomEntry {
  switch (event.type) {
    case "message":
      return isRoomMessage(event);
    case "edited":
    case "deleted":
    case "reacted":
      return true;
    default:
      return false;
  }
}

/** Tells a message of a room from a direct one. */
export function isRoomMessage(message: Message): message is RoomMessage {
  return "seq" in message;
}
