/** The shape of an entry in the table of slash commands, and the checks that several entries share. */

import { ProtocolError } from "../../protocol/errors.ts";
import { parseName, parseRoom, quote } from "../../protocol/text/names.ts";
import { type CommandPlace, endCommand, type ListName, type SlashInput } from "./slash_input.ts";

/** `plain` is nc or telnet: the server itself reads those lines. */
export type ClientKind = "terminal" | "page" | "plain";

/** Pages of the help. `chat` is the first one. */
export type HelpTopic = "chat" | "calls" | "messages" | "accounts" | "moderation" | "reading";

/** How the first argument of a command is completed. */
export type ArgumentKind = "none" | "command" | "room" | "joined room" | "name" | "text" | "setting" | "path";

export interface CommandContext {
  readonly client: ClientKind;
  /** The usage in this client, such as `/msg NAME TEXT`. */
  readonly usage: string;
  /** Returns the current place. Throws an Error for users outside of rooms. */
  readonly place: () => CommandPlace;
  /** Finds an emoji by its name, such as `wave`. Clients without emoji names omit it. */
  readonly emojiNamed?: (name: string) => string | undefined;
}

/** How one client writes a command, and why that differs. Missing fields are as in the command. */
export interface CommandVariant {
  readonly usage?: string;
  readonly summary?: string;
  readonly details?: string;
  readonly reason: string;
}

export interface SlashCommand {
  readonly name: string;
  /** The arguments: capitals for values, `[]` for optional ones, `|` between choices. */
  readonly usage: string;
  /** One line for the list, in the imperative, without a full stop. */
  readonly summary: string;
  /** Further sentences for `/help NAME`. */
  readonly details: string;
  readonly topic: HelpTopic;
  readonly argument: ArgumentKind;
  /** Clients that have the command; all if omitted. */
  readonly clients?: readonly ClientKind[];
  readonly variants?: Readonly<Partial<Record<ClientKind, CommandVariant>>>;
  /** The command takes a password. Its argument is never shown, sent as chat or remembered. */
  readonly secret?: true;
  /** Users of nc may type it before their name. */
  readonly beforeName?: true;
  /** Throws a `ProtocolError` with the next step if the argument is not valid. `argument` is trimmed. */
  readonly parse: (argument: string, context: CommandContext) => SlashInput;
}

export function invalid(message: string): ProtocolError {
  return new ProtocolError("invalid", message);
}

/** Returns the argument. Throws `invalid` if it is empty. */
export function need(argument: string, { usage }: CommandContext): string {
  if (argument === "") throw invalid(`Command ${usage.split(" ")[0]} needs more: write ${usage}`);
  return argument;
}

/** Throws `invalid` if anything follows the arguments that the command takes. */
export function refuseMore(rest: string, { usage }: CommandContext): void {
  if (rest !== "") throw invalid(`Command ${usage.split(" ")[0]} takes no more than that: write ${usage}`);
}

/** Returns the current room. Throws `invalid` in a conversation: the command is about a room. */
export function needRoom({ place, usage, client }: CommandContext): string {
  const current = place();
  if ("room" in current) return current.room;
  const next = client === "terminal" ? ": /room lists yours" : client === "plain" ? ": /leave goes back to yours" : "";
  throw invalid(`Command ${usage.split(" ")[0]} is about a room: switch to one first${next}`);
}

export function optionalRoom(argument: string): string | undefined {
  return argument === "" ? undefined : parseRoom(argument);
}

/** Parses a name as users address each other: `@ada` and `ada:` are ada. Throws `name_invalid`. */
export function nameOf(word: string): string {
  return parseName(word.replace(/^@/, "").replace(/:$/, ""));
}

/** Splits a text into its first word and the rest. */
export function firstWord(text: string): [word: string, rest: string] {
  const [, word = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(text)!;
  return [word, rest];
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** True for the id of a restriction, a session or an invite. */
export function isId(word: string): boolean {
  return UUID.test(word);
}

/** Parses `end N` or `end ID`; `undefined` for any other argument. */
export function parseEnd(argument: string, list: ListName): SlashInput | undefined {
  const [, which] = /^end\s+(\d{1,5}|\S{36})$/i.exec(argument) ?? [];
  if (which === undefined) return undefined;
  if (isId(which)) return { type: "ask", command: endCommand(list, which) };
  return /^\d+$/.test(which) ? { type: "end", list, number: Number(which) } : undefined;
}

/** Parses the count of `/history` and `/audit`. Throws `invalid` unless it is 1 to `max`. */
export function parseCount(word: string, max: number, { usage }: CommandContext): number {
  const count = /^\d{1,4}$/.test(word) ? Number(word) : 0;
  if (count >= 1 && count <= max) return count;
  throw invalid(`Count ${quote(word)} is not valid: write ${usage} with N from 1 to ${max}`);
}
