/** What a typed line means: a message, or one of the usual commands. */

import { parseEmoji } from "../protocol/text/emoji.ts";
import { ACTION_PREFIX } from "../protocol/conventions.ts";
import { parseName, parseRoom, quote } from "../protocol/text/names.ts";

export type PageInput =
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "msg"; readonly to: string; readonly text: string }
  /** May begin with whom, or the seq of what, it answers. */
  | { readonly type: "reply"; readonly words: string }
  | { readonly type: "react"; readonly emoji: string; readonly remove: boolean; readonly seq: number | undefined }
  /** Without a text the last one comes back to be written anew. */
  | { readonly type: "edit"; readonly text: string }
  | { readonly type: "delete"; readonly seq: number | undefined }
  | { readonly type: "join"; readonly room: string }
  | { readonly type: "leave" }
  | { readonly type: "members" }
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "topic"; readonly text: string }
  | { readonly type: "search"; readonly query: string }
  | { readonly type: "login"; readonly name: string | undefined }
  /** Has to be said twice. Without a room it is the open one. */
  | { readonly type: "remove room"; readonly room: string | undefined }
  /** Ends all orders of the open room, or all that a member laid down. */
  | { readonly type: "end restrictions"; readonly by: string | undefined }
  | { readonly type: "help" }
  | { readonly type: "quit" };

interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly parse: (argument: string) => PageInput;
}

const COMMANDS: readonly Command[] = [
  { name: "help", usage: "", summary: "list the commands", parse: () => ({ type: "help" }) },
  { name: "join", usage: "ROOM", summary: "enter a room", parse: (room) => ({ type: "join", room: parseRoom(room) }) },
  { name: "leave", usage: "", summary: "leave this room", parse: () => ({ type: "leave" }) },
  { name: "msg", usage: "NAME TEXT", summary: "write to one person only", parse: parseMsg },
  {
    name: "me",
    usage: "TEXT",
    summary: "say what you do: /me waves",
    parse: (text) => ({ type: "say", text: ACTION_PREFIX + need(text, "me", "TEXT") }),
  },
  {
    name: "reply",
    usage: "[NAME] TEXT",
    summary: "answer the last message of others, or of NAME",
    parse: (words) => ({ type: "reply", words: need(words, "reply", "[NAME] TEXT") }),
  },
  {
    name: "react",
    usage: "EMOJI",
    summary: "put an emoji to the last message of others; with a - before it, take it away",
    parse: parseReact,
  },
  {
    name: "edit",
    usage: "[TEXT]",
    summary: "change what you said last; without a text you get it to write on",
    parse: (text) => ({ type: "edit", text }),
  },
  {
    name: "delete",
    usage: "",
    summary: "take back what you said last",
    parse: (number) => ({ type: "delete", seq: seqOf(number, "delete") }),
  },
  { name: "who", usage: "", summary: "show who is here", parse: () => ({ type: "members" }) },
  {
    name: "name",
    usage: "NAME",
    summary: "change your name",
    parse: (name) => ({ type: "name", name: parseName(name) }),
  },
  {
    name: "topic",
    usage: "TEXT",
    summary: "set the topic of this room; - clears it",
    parse: (text) => ({ type: "topic", text: text === "-" ? "" : need(text, "topic", "TEXT").replace(/\s+/g, " ") }),
  },
  {
    name: "search",
    usage: "WORDS",
    summary: "find messages of this room",
    parse: (query) => ({ type: "search", query: need(query, "search", "WORDS") }),
  },
  {
    name: "login",
    usage: "[NAME]",
    summary: "use your account, whose password is asked for",
    parse: (name) => ({ type: "login", name: name === "" ? undefined : parseName(name) }),
  },
  { name: "room", usage: "remove [ROOM]", summary: "end a room with all that was said there", parse: parseRemoval },
  {
    name: "restrictions",
    usage: "end all|by NAME",
    summary: "end all bans and other orders of this room, or all that NAME laid down; owners only",
    parse: parseEnd,
  },
  { name: "quit", usage: "", summary: "leave the chat", parse: () => ({ type: "quit" }) },
];

/**
 * What begins with a single / and is no command is never sent: it may be one with a password behind it. Two of them send
 * the line with one. Throws an Error for people.
 */
export function parsePageInput(line: string): PageInput {
  if (line.startsWith("//")) return { type: "say", text: line.slice(1) };
  const [, name, argument] = /^\s*\/(\S*)\s*([^]*)$/.exec(line) ?? [];
  if (name === undefined) return { type: "say", text: line };
  const command = COMMANDS.find((command) => command.name === name.toLowerCase());
  if (command === undefined) {
    throw new Error(`Command ${quote(`/${name}`)} is unknown here: /help lists them, and // sends the line as it is`);
  }
  return command.parse(argument!.trim());
}

export function pageHelpLines(): string[] {
  const lines = COMMANDS.map(({ name, usage, summary }) => `${`/${name} ${usage}`.trim()} – ${summary}`);
  return [...lines, "A line that begins with // is sent with one of them. The terminal client knows more commands."];
}

function parseMsg(argument: string): PageInput {
  const [, name, text] = /^@?(\S+)\s+([^]+)$/.exec(argument) ?? [];
  if (name === undefined) throw new Error(usage("msg", "NAME TEXT"));
  return { type: "msg", to: parseName(name), text: text! };
}

function parseRemoval(argument: string): PageInput {
  const [word, room, ...rest] = argument.split(/\s+/);
  if (word !== "remove" || rest.length > 0) throw new Error(usage("room", "remove [ROOM]"));
  return { type: "remove room", room: room === undefined ? undefined : parseRoom(room) };
}

function parseEnd(argument: string): PageInput {
  const [, what, name] = /^end\s+(all|by)(?:\s+@?(\S+))?$/.exec(argument) ?? [];
  if (what === undefined || (what === "by") !== (name !== undefined)) {
    throw new Error(usage("restrictions", "end all|by NAME"));
  }
  return { type: "end restrictions", by: name === undefined ? undefined : parseName(name) };
}

function parseReact(argument: string): PageInput {
  const [, minus, word, number] = /^(-?)(\S*)\s*([^]*)$/.exec(need(argument, "react", "EMOJI"))!;
  const emoji = parseEmoji(word!);
  if (emoji === undefined) throw new Error(`${quote(word!)} is no emoji: write one, such as /react \u{1f44d}`);
  return { type: "react", emoji, remove: minus !== "", seq: seqOf(number!, "react EMOJI") };
}

function seqOf(word: string, command: string): number | undefined {
  if (word === "") return undefined;
  if (/^[1-9]\d{0,14}$/.test(word)) return Number(word);
  throw new Error(`${quote(word)} is no number of a message: write /${command} without it for the last one`);
}

function need(text: string, name: string, what: string): string {
  if (text === "") throw new Error(usage(name, what));
  return text;
}

function usage(name: string, what: string): string {
  return `Something is missing: write /${name} ${what}`;
}
