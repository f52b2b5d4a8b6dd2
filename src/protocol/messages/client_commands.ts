/** What a client may say. */

import type { AccountCommand } from "./account_messages.ts";
import type { ChangeCommand } from "./change_messages.ts";
import type { ModerationCommand } from "./moderation_messages.ts";

/**
 * Enters `room`. The first join of a connection needs `name` or `token`; `after` asks for what came behind that seq.
 * With `roomId`, the id of the room whose seq it is, a room of another id gives everything: the one before was removed.
 * `password` is whichever is needed: the server's, an invite's secret, the room's, or that of the account `name`.
 */
export interface JoinCommand {
  readonly type: "join";
  readonly ref?: string;
  readonly room: string;
  readonly name?: string;
  readonly token?: string;
  readonly password?: string;
  readonly after?: number;
  readonly roomId?: string;
}

/** Leaves `room`, or without one every room, whereupon the server closes. */
export interface LeaveCommand {
  readonly type: "leave";
  readonly ref?: string;
  readonly room?: string;
}

/**
 * A chat line, to a room or (with `to`) to one member by name. Without either it goes to the default room.
 * Without `ref` it is neither acknowledged nor told from a repeat. `reply` is the seq of a message in the same room, or a
 * name for the last message of whoever has it.
 */
export interface MessageCommand {
  readonly type: "message";
  readonly ref?: string;
  readonly room?: string;
  readonly to?: string;
  readonly text: string;
  readonly reply?: number | string;
}

export interface RenameCommand {
  readonly type: "rename";
  readonly ref?: string;
  readonly name: string;
}

export interface TopicCommand {
  readonly type: "topic";
  readonly ref?: string;
  readonly room: string;
  readonly text: string;
}

export interface MembersCommand {
  readonly type: "members";
  readonly ref?: string;
  readonly room: string;
}

export interface RoomsCommand {
  readonly type: "rooms";
  readonly ref?: string;
}

/** Asks for the newest `limit` messages whose seq is below `before`; with `changes`, for all that took a seq. */
export interface HistoryCommand {
  readonly type: "history";
  readonly ref?: string;
  readonly room: string;
  readonly before?: number;
  readonly limit: number;
  readonly changes?: true;
}

export interface SearchCommand {
  readonly type: "search";
  readonly ref?: string;
  readonly room: string;
  readonly query: string;
  readonly limit: number;
}

export interface PingCommand {
  readonly type: "ping";
  readonly ref?: string;
}

export interface PongCommand {
  readonly type: "pong";
  readonly ref?: string;
}

/** What a client may say. Closed: `switch` on `type` and let `never` guard the rest. */
export type ClientCommand =
  | JoinCommand
  | LeaveCommand
  | MessageCommand
  | RenameCommand
  | TopicCommand
  | MembersCommand
  | RoomsCommand
  | HistoryCommand
  | SearchCommand
  | PingCommand
  | PongCommand
  | ChangeCommand
  | AccountCommand
  | ModerationCommand;
