/** What all slash commands have in common. */

import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { parseName, parseRoom } from "../../protocol/text/names.ts";
import type { Bindings } from "../../terminal/input/key_table.ts";

/** The lists whose entries can be ended by their number. */
export type ListName = "sessions" | "invites" | "restrictions";

/** What a typed line asks for. */
export type SlashInput =
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "help"; readonly lines: readonly string[] }
  | { readonly type: "join"; readonly room: string }
  | { readonly type: "leave"; readonly room: string | undefined }
  | { readonly type: "room"; readonly room: string | undefined }
  | { readonly type: "msg"; readonly to: string; readonly text: string }
  /** May begin with whom, or the seq of what, it answers. */
  | { readonly type: "reply"; readonly words: string }
  | { readonly type: "react"; readonly emoji: string; readonly remove: boolean; readonly seq: number | undefined }
  /** Without a text the last one comes back into the line. */
  | { readonly type: "edit"; readonly text: string }
  | { readonly type: "delete"; readonly seq: number | undefined }
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "topic" }
  | { readonly type: "history"; readonly limit: number }
  /** Writes the next message in an editor of one's choice, beginning with a text. */
  | { readonly type: "editor"; readonly text: string }
  | { readonly type: "set"; readonly name: string | undefined; readonly value: string; readonly keep: boolean }
  | { readonly type: "ignore"; readonly name: string | undefined }
  | { readonly type: "unignore"; readonly name: string }
  | { readonly type: "ping" }
  /** All that failed, without a number. */
  | { readonly type: "resend"; readonly number: number | undefined }
  | { readonly type: "drop"; readonly number: number | "waiting" | undefined }
  | { readonly type: "clear" }
  | { readonly type: "quit" }
  /** For the server, as it is. */
  | { readonly type: "ask"; readonly command: ClientCommand }
  /** These ask for a password first. Without a name it is the owner's. */
  | { readonly type: "login"; readonly name: string | undefined }
  | { readonly type: "register" }
  | { readonly type: "lock"; readonly room: string }
  /** Has to be said twice. */
  | { readonly type: "remove room"; readonly room: string }
  | { readonly type: "end"; readonly list: ListName; readonly number: number };

/** What the first argument of a command may be completed to. */
export type ArgumentKind = "none" | "command" | "room" | "joined room" | "name" | "text" | "setting";

export interface Context {
  /** The current room. Throws an Error for people where there is none. */
  readonly room: () => string;
  /** How the command is written. */
  readonly usage: string;
  readonly bindings: Bindings;
}

export interface Command {
  readonly name: string;
  readonly usage: string;
  /** One line for the list. */
  readonly summary: string;
  /** What `/help NAME` says beyond it. */
  readonly details: string;
  readonly argument: ArgumentKind;
  /** Whether it asks for a password: what is typed behind it is never shown, sent or remembered. */
  readonly secret?: true;
  /** Throws an Error for people where the argument does not fit. */
  readonly parse: (argument: string, context: Context) => SlashInput;
}

export function need(argument: string, { usage }: Context): string {
  if (argument === "") throw new Error(`Command ${usage.split(" ")[0]} needs more: write ${usage}`);
  return argument;
}

/** Throws where something stands behind what the command takes. */
export function refuseMore(rest: string, { usage }: Context): void {
  if (rest !== "") throw new Error(`Command ${usage.split(" ")[0]} takes no more than that: write ${usage}`);
}

export function optionalRoom(argument: string): string | undefined {
  return argument === "" ? undefined : parseRoom(argument);
}

/** A name as people address each other: `@ada` and `ada:` are ada. */
export function nameOf(word: string): string {
  return parseName(word.replace(/^@/, "").replace(/:$/, ""));
}

/** The first word, and what stands behind it. */
export function firstWord(argument: string): [word: string, rest: string] {
  const [, word = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(argument)!;
  return [word, rest];
}

/** `end N` of a list; undefined for anything else. */
export function parseEnd(argument: string, list: ListName): SlashInput | undefined {
  const [, number] = /^end\s+(\d{1,5})$/i.exec(argument) ?? [];
  return number === undefined ? undefined : { type: "end", list, number: Number(number) };
}
