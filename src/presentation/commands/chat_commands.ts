/** Commands for talking, for rooms, and for the client itself. */

import { MAX_PAGE_MESSAGES, MAX_QUERY_BYTES } from "../../protocol/limits.ts";
import { ACTION_PREFIX, DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { parseName, parseRoom } from "../../protocol/text/names.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import {
  type CommandContext,
  firstWord,
  invalid,
  nameOf,
  need,
  needRoom,
  optionalRoom,
  parseCount,
  type SlashCommand,
} from "./slash_command.ts";
import type { SlashInput } from "./slash_input.ts";

const HISTORY_DEFAULT_MESSAGES = 20;
/** About one screen. A user who needs more writes a narrower query. */
const SEARCH_MESSAGES = 20;

export const CHAT_COMMANDS: readonly SlashCommand[] = [
  {
    name: "help",
    usage: "[COMMAND]",
    summary: "list the commands, or explain one",
    details: "For example: /help msg",
    topic: "chat",
    argument: "command",
    beforeName: true,
    parse: (argument) => ({ type: "help", topic: argument }),
  },
  {
    name: "join",
    usage: "ROOM",
    summary: "join a room; creates it if it does not exist",
    details: "You stay in your other rooms, and your lines go to the new one. For example: /join #build. " +
      "/join @ada opens the conversation with ada.",
    topic: "chat",
    argument: "room",
    variants: {
      plain: {
        usage: "ROOM [PASSWORD]",
        details: "Your lines go to this room, also if you were in it before. For example: /join #build. " +
          "/join @ada opens the conversation with ada.",
        reason: "the server cannot ask for a password without showing it",
      },
    },
    parse: parseJoin,
  },
  {
    name: "leave",
    usage: "[ROOM]",
    summary: "leave a room; without ROOM, the current one",
    details: "In a conversation it closes that, and keeps its messages. /quit leaves all rooms and ends the chat.",
    topic: "chat",
    argument: "joined room",
    parse: (argument) => ({ type: "leave", room: optionalRoom(argument) }),
  },
  {
    name: "room",
    usage: "[[remove] ROOM]",
    summary: "switch to a room, list yours, or remove one",
    details:
      "The prompt names the current room. Lines from your other rooms carry their name. ROOM may be a number of the " +
      "list, or @NAME for a conversation. remove ends a room and deletes its messages, for moderators. A room called " +
      "remove is #remove here.",
    topic: "chat",
    argument: "joined room",
    variants: {
      page: {
        usage: "remove [ROOM]",
        summary: "remove a room and its messages",
        details: "For moderators of the room. It ends the room for everyone.",
        reason: "the page lists rooms at the side, and a click switches to one",
      },
      plain: {
        usage: "remove ROOM",
        summary: "remove a room and its messages",
        details: "For moderators of the room. It ends the room for everyone, without a question.",
        reason: "nc cannot ask again, so the room must be named; /join switches to a room",
      },
    },
    parse: parseRoomCommand,
  },
  {
    name: "msg",
    usage: "NAME [TEXT]",
    summary: "send a private message, or open the conversation",
    details: "Only that member sees it. For example: /msg ada are you there? Without TEXT your lines go to that " +
      "member until you leave the conversation.",
    topic: "chat",
    argument: "name",
    parse: parseMsg,
  },
  {
    name: "me",
    usage: "TEXT",
    summary: "say what you do: /me waves",
    details: "Others see: * ada waves",
    topic: "chat",
    argument: "text",
    parse: (argument, context) => ({ type: "say", text: ACTION_PREFIX + need(argument, context) }),
  },
  {
    name: "who",
    usage: "[ROOM]",
    summary: "list the members of a room",
    details: "Without ROOM it lists the current one. @ marks moderators.",
    topic: "chat",
    argument: "room",
    parse: (argument, context) => ({
      type: "ask",
      command: { type: "members", room: optionalRoom(argument) ?? needRoom(context) },
    }),
  },
  {
    name: "whois",
    usage: "NAME",
    summary: "show who a member is",
    details: "Roles, the rooms that you share, and since when the member is known here. For example: /whois ada",
    topic: "chat",
    argument: "name",
    parse: (argument, context) => ({
      type: "ask",
      command: { type: "whois", name: nameOf(need(argument, context)) },
    }),
  },
  {
    name: "rooms",
    usage: "",
    summary: "list all rooms of the server",
    details: "Each with the number of its members and its topic.",
    topic: "chat",
    argument: "none",
    parse: () => ({ type: "ask", command: { type: "rooms" } }),
  },
  {
    name: "name",
    usage: "NAME",
    summary: "change your name",
    details: "Letters and digits of any script, and after the first also _ . ' -",
    topic: "chat",
    argument: "text",
    parse: (argument, context) => ({ type: "name", name: parseName(need(argument, context)) }),
  },
  {
    name: "topic",
    usage: "[TEXT]",
    summary: "show or set the topic of the room",
    details: "/topic - clears it.",
    topic: "chat",
    argument: "text",
    variants: {
      plain: {
        usage: "TEXT",
        summary: "set the topic of the room",
        reason: "the server shows the topic on nc when a user joins, and keeps none for each connection",
      },
    },
    parse: parseTopic,
  },
  {
    name: "history",
    usage: "[N]",
    summary: "show older messages of the room or conversation",
    details: `Repeat it for still older ones. N is the number of messages, ${HISTORY_DEFAULT_MESSAGES} if omitted.`,
    topic: "chat",
    argument: "none",
    clients: ["terminal", "plain"],
    variants: {
      plain: {
        usage: "[@NAME] [N]",
        summary: "show the last messages of the room or conversation",
        details:
          `@NAME is for the conversation with NAME. N is the number of messages, ${HISTORY_DEFAULT_MESSAGES} if ` +
          "omitted. For example: /history @ada 5",
        reason: "the server does not keep how far each connection on nc has read",
      },
    },
    parse: parseHistory,
  },
  {
    name: "search",
    usage: "QUERY",
    summary: "find messages in the room or conversation",
    details: 'Words, "several words in a row", from:ada, before:2026-11-01. For example: /search from:ada tea',
    topic: "chat",
    argument: "text",
    parse: parseSearch,
  },
  {
    name: "clear",
    usage: "",
    summary: "clear the screen",
    details: "Ctrl-L does the same.",
    topic: "chat",
    argument: "none",
    clients: ["terminal"],
    parse: () => ({ type: "clear" }),
  },
  {
    name: "quit",
    usage: "",
    summary: "leave all rooms and end the chat",
    details: "Ctrl-D on an empty line does the same.",
    topic: "chat",
    argument: "none",
    beforeName: true,
    variants: {
      page: { details: "Closing the page only breaks the connection.", reason: "the page has no Ctrl-D" },
      plain: { details: "The server closes the connection.", reason: "Ctrl-D depends on the user's program" },
    },
    parse: () => ({ type: "quit" }),
  },
];

function parseJoin(argument: string, context: CommandContext): SlashInput {
  const opened = openByMark(argument);
  if (opened !== undefined) return opened;
  if (context.client !== "plain") return { type: "join", room: parseRoom(need(argument, context)) };
  const [room, password] = firstWord(argument);
  return { type: "join", room: parseRoom(room || DEFAULT_ROOM), password: password || undefined };
}

function parseRoomCommand(argument: string, context: CommandContext): SlashInput {
  const [word, rest] = firstWord(argument);
  const removes = word.toLowerCase() === "remove";
  if (context.client === "terminal" && !removes) {
    return openByMark(argument) ?? { type: "room", room: optionalRoom(argument) };
  }
  if (!removes || (context.client === "plain" && rest === "")) throw invalid(`Write ${context.usage}`);
  return { type: "remove room", room: optionalRoom(rest) ?? needRoom(context) };
}

/** `@ada` in place of a room opens the conversation with ada; `undefined` for any other argument. */
function openByMark(argument: string): SlashInput | undefined {
  return argument.startsWith("@") ? { type: "open", to: nameOf(argument) } : undefined;
}

function parseMsg(argument: string, context: CommandContext): SlashInput {
  const [name, text] = firstWord(need(argument, context));
  const to = nameOf(name);
  return text === "" ? { type: "open", to } : { type: "msg", text, to };
}

function parseHistory(argument: string, context: CommandContext): SlashInput {
  const [word, rest] = firstWord(argument);
  const named = context.client === "plain" && word.startsWith("@");
  const count = named ? rest : argument;
  const limit = count === "" ? HISTORY_DEFAULT_MESSAGES : parseCount(count, MAX_PAGE_MESSAGES, context);
  return named ? { type: "history", limit, to: nameOf(word) } : { type: "history", limit };
}

function parseTopic(argument: string, context: CommandContext): SlashInput {
  const room = needRoom(context);
  if (argument === "" && context.client !== "plain") return { type: "topic" };
  const text = need(argument, context) === "-" ? "" : argument.replace(/\s+/g, " ");
  return { type: "ask", command: { type: "topic", room, text } };
}

function parseSearch(argument: string, context: CommandContext): SlashInput {
  const query = need(argument, context).toWellFormed();
  if (utf8Length(query) > MAX_QUERY_BYTES) {
    throw invalid(`The query is too long: shorten it to ${MAX_QUERY_BYTES} bytes`);
  }
  return { type: "ask", command: { type: "search", ...context.place(), query, limit: SEARCH_MESSAGES } };
}
