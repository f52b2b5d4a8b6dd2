/** The meaning of a typed line, as a tagged union that each client performs. */

import type { ClientCommand } from "../../protocol/messages/messages.ts";

/** Lists whose entries a user can end. */
export type ListName = "sessions" | "invites" | "restrictions";

/** Rooms are folded by `parseRoom`, names are checked by `parseName`. */
export type SlashInput =
  /** A line of chat for the current place. */
  | { readonly type: "say"; readonly text: string }
  /** The help of a command or a topic; empty for the list. */
  | { readonly type: "help"; readonly topic: string }
  | { readonly type: "join"; readonly room: string; readonly password?: string }
  /** Without a room: the current place. A conversation is only closed. */
  | { readonly type: "leave"; readonly room: string | undefined }
  /** Makes a joined room the current one; without a room, lists the joined rooms. */
  | { readonly type: "room"; readonly room: string | undefined }
  | { readonly type: "msg"; readonly to: string; readonly text: string }
  /** Makes the conversation with a member the current place; with a number, the one of the list that was shown last. */
  | { readonly type: "open"; readonly to: string | number }
  /** The text may begin with the member, or the seq of the message, that it answers. */
  | { readonly type: "reply"; readonly text: string }
  | { readonly type: "react"; readonly emoji: string; readonly remove: boolean; readonly seq: number | undefined }
  /** An empty text brings the last message back into the line. */
  | { readonly type: "edit"; readonly text: string }
  | { readonly type: "delete"; readonly seq: number | undefined }
  | { readonly type: "name"; readonly name: string }
  /** Without a text, ends an `away` before: see `awayCommand`. */
  | { readonly type: "away"; readonly text: string | undefined }
  /** Shows the topic of the current room. */
  | { readonly type: "topic" }
  /** With a member: of the conversation with them, in place of the current one. Only nc asks so. */
  | { readonly type: "history"; readonly limit: number; readonly to?: string }
  /** Opens the user's editor with this text. */
  | { readonly type: "editor"; readonly text: string }
  | { readonly type: "set"; readonly name: string | undefined; readonly value: string; readonly keep: boolean }
  /** Without a name: lists the ignored members. */
  | { readonly type: "ignore"; readonly name: string | undefined }
  | { readonly type: "unignore"; readonly name: string }
  /** Paths of files and a text, which only the client's machine can tell apart. */
  | { readonly type: "send"; readonly argument: string }
  /** Without a number: the newest file. An empty path is chosen by the client. */
  | { readonly type: "save"; readonly seq: number | undefined; readonly path: string }
  /** Asks for a web address of a file. Only nc asks so. */
  | { readonly type: "get"; readonly seq: number }
  /** Opens a file with the system's program. */
  | { readonly type: "view"; readonly seq: number | undefined }
  /** Stops a transfer. Without a number: the only one. */
  | { readonly type: "accept"; readonly number: number | undefined; readonly path: string }
  | { readonly type: "decline"; readonly number: number | undefined }
  | { readonly type: "cancel"; readonly number: number | "all" | undefined }
  | { readonly type: "call"; readonly action: CallAction }
  | { readonly type: "ping" }
  /** Without a number: every failed message. */
  | { readonly type: "resend"; readonly number: number | undefined }
  | { readonly type: "drop"; readonly number: number | "waiting" | undefined }
  | { readonly type: "clear" }
  | { readonly type: "quit" }
  /** A command for the server, sent as it is. Its reply is shown as `eventText` gives it. */
  | { readonly type: "ask"; readonly command: ClientCommand }
  /** Without a name: the owner's. Without a password: the client asks for it. */
  | { readonly type: "login"; readonly name: string | undefined; readonly password?: string }
  /** Without a password: the client asks for it. */
  | { readonly type: "register"; readonly password?: string }
  /** Offers to admit another device; with `accept`, answers the one that asks. */
  | { readonly type: "link"; readonly accept: boolean | undefined }
  /** The client asks for the new password of the room. */
  | { readonly type: "lock"; readonly room: string }
  /** The terminal and the page require it twice in a row, since the messages cannot be restored. */
  | { readonly type: "remove room"; readonly room: string }
  /** Ends an entry by its number in the list that was shown last. */
  | { readonly type: "end"; readonly list: ListName; readonly number: number };

/** A room, or the conversation with a member: by name, or by id once it is known. Commands to the server name it so. */
export type CommandPlace = { readonly room: string } | { readonly to: string };

/** What a user does about calls. */
export type CallAction =
  | { readonly do: "call"; readonly place: CommandPlace; readonly audio: boolean }
  | { readonly do: "answer"; readonly audio: boolean }
  | { readonly do: "hangup" }
  | { readonly do: "camera" | "microphone"; readonly on: boolean }
  /** Without `on`: the other way round. */
  | { readonly do: "ptt"; readonly on: boolean | undefined };

/** The command that ends an entry of a list by its id. */
export function endCommand(list: ListName, id: string): ClientCommand {
  switch (list) {
    case "sessions":
      return { type: "revoke", session: id };
    case "invites":
      return { type: "revoke", invite: id };
    case "restrictions":
      return { type: "allow", restriction: id };
    default:
      return list satisfies never;
  }
}
