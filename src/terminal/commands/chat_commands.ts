/** Commands for talking, and for the program itself. */

import { MAX_PAGE_MESSAGES, MAX_QUERY_BYTES } from "../../protocol/limits.ts";
import { ACTION_PREFIX } from "../../protocol/conventions.ts";
import { parseName, parseRoom, quote } from "../../protocol/text/names.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import { type Command, type Context, firstWord, nameOf, need, optionalRoom, type SlashInput } from "./slash_command.ts";

const HISTORY_DEFAULT_LINES = 20;
/** As many as one sees at a glance; the rest takes a better query. */
const SEARCH_LINES = 20;

export const CHAT_COMMANDS: readonly Command[] = [
  {
    name: "join",
    usage: "ROOM",
    summary: "enter a room, which makes it if there is none",
    details: "You stay in the rooms you are in, and what you type goes to the new one. For example: /join #build",
    argument: "room",
    parse: (argument, context) => ({ type: "join", room: parseRoom(need(argument, context)) }),
  },
  {
    name: "leave",
    usage: "[ROOM]",
    summary: "leave a room, without one the current",
    details: "/quit leaves all of them and ends the program.",
    argument: "joined room",
    parse: (argument) => ({ type: "leave", room: optionalRoom(argument) }),
  },
  {
    name: "room",
    usage: "[[remove] ROOM]",
    summary: "choose your room, list yours, or end one",
    details:
      "The prompt names it. Lines from your other rooms are marked with theirs. remove ends a room with all that " +
      "was said there, for moderators of it. A room called remove is #remove here.",
    argument: "joined room",
    parse: parseRoomCommand,
  },
  {
    name: "msg",
    usage: "NAME TEXT",
    summary: "write to one person only",
    details: "Nobody else sees it. For example: /msg ada are you there?",
    argument: "name",
    parse: parseMsg,
  },
  {
    name: "me",
    usage: "TEXT",
    summary: "say what you do: /me waves",
    details: "Others see: * ada waves",
    argument: "text",
    parse: (argument, context) => ({ type: "say", text: ACTION_PREFIX + need(argument, context) }),
  },
  {
    name: "who",
    usage: "[ROOM]",
    summary: "who is in the room",
    details: "Without a room it is the current one. @ stands before those who moderate it.",
    argument: "room",
    parse: (argument, { room }) => ({
      type: "ask",
      command: { type: "members", room: optionalRoom(argument) ?? room() },
    }),
  },
  {
    name: "rooms",
    usage: "",
    summary: "all rooms of the server",
    details: "With how many are there and the topic.",
    argument: "none",
    parse: () => ({ type: "ask", command: { type: "rooms" } }),
  },
  {
    name: "name",
    usage: "NAME",
    summary: "change your name",
    details: "Letters and digits of any script, and _ . ' - behind the first one.",
    argument: "text",
    parse: (argument, context) => ({ type: "name", name: parseName(need(argument, context)) }),
  },
  {
    name: "topic",
    usage: "[TEXT]",
    summary: "show or set the topic of the room",
    details: "A lone - clears it.",
    argument: "text",
    parse: parseTopic,
  },
  {
    name: "history",
    usage: "[N]",
    summary: "show older messages of the room",
    details: `Again shows still older ones. N is how many, ${HISTORY_DEFAULT_LINES} if you do not say.`,
    argument: "none",
    parse: parseHistory,
  },
  {
    name: "search",
    usage: "QUERY",
    summary: "find messages of the room",
    details: 'Words, "several words in a row", from:ada, before:2026-11-01. For example: /search from:ada tea',
    argument: "text",
    parse: parseSearch,
  },
  {
    name: "editor",
    usage: "[TEXT]",
    summary: "write in your own editor",
    details: "The one in the variable VISUAL or EDITOR. What you save stands in the line. Ctrl-X Ctrl-E does the same.",
    argument: "text",
    parse: (text) => ({ type: "editor", text }),
  },
  {
    name: "clear",
    usage: "",
    summary: "clear the screen",
    details: "Ctrl-L does the same.",
    argument: "none",
    parse: () => ({ type: "clear" }),
  },
  {
    name: "quit",
    usage: "",
    summary: "leave and end",
    details: "Ctrl-D on an empty line does the same.",
    argument: "none",
    parse: () => ({ type: "quit" }),
  },
];

function parseRoomCommand(argument: string, { room }: Context): SlashInput {
  const [word, rest] = firstWord(argument);
  if (word.toLowerCase() !== "remove") return { type: "room", room: optionalRoom(argument) };
  return { type: "remove room", room: optionalRoom(rest) ?? room() };
}

function parseMsg(argument: string, context: Context): SlashInput {
  const [name, text] = firstWord(argument);
  return { type: "msg", text: need(text, context), to: nameOf(name) };
}

function parseTopic(argument: string, { room }: Context): SlashInput {
  if (argument === "") return { type: "topic" };
  const text = argument === "-" ? "" : argument.replace(/\s+/g, " ");
  return { type: "ask", command: { type: "topic", room: room(), text } };
}

function parseSearch(argument: string, context: Context): SlashInput {
  const query = need(argument, context).toWellFormed();
  if (utf8Length(query) > MAX_QUERY_BYTES) {
    throw new Error(`What is searched for is too long: shorten it to ${MAX_QUERY_BYTES} bytes`);
  }
  return { type: "ask", command: { type: "search", room: context.room(), query, limit: SEARCH_LINES } };
}

function parseHistory(argument: string): SlashInput {
  if (argument === "") return { type: "history", limit: HISTORY_DEFAULT_LINES };
  const limit = /^\d{1,4}$/.test(argument) ? Number(argument) : 0;
  if (limit < 1 || limit > MAX_PAGE_MESSAGES) {
    throw new Error(`Count ${quote(argument)} is not possible: write /history N with 1 to ${MAX_PAGE_MESSAGES}`);
  }
  return { type: "history", limit };
}
