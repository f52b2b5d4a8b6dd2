import { MAX_PAGE_MESSAGES } from "../../protocol/limits.ts";
import { ACTION_PREFIX, DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { Decoded } from "../codec.ts";
import { commands, misused, type PlainCommand, required, type Speaker, splitFirstWord } from "./plain_command.ts";

/** What a search shows of what it finds: about a screen. */
const PLAIN_SEARCH_MESSAGES = 20;

/** Commands for talking. */
export const PLAIN_CHAT_COMMANDS: readonly PlainCommand[] = [
  {
    name: "join",
    usage: "/join ROOM [PASSWORD]",
    help: "enter a room, or go back to it",
    run: (argument) => {
      const [room, password] = splitFirstWord(argument);
      return commands({ type: "join", room: room || DEFAULT_ROOM, password: password || undefined });
    },
  },
  {
    name: "leave",
    usage: "/leave [ROOM]",
    help: "leave a room",
    run: (argument, { room }) => commands({ type: "leave", room: argument || room }),
  },
  {
    name: "room",
    usage: "/room remove ROOM",
    help: "end a room with all that was said there",
    run: (argument) => {
      const [word, room] = splitFirstWord(argument);
      if (word !== "remove") throw misused("/room remove ROOM");
      return commands({ type: "remove", room: required(room, "/room remove ROOM") });
    },
  },
  { name: "msg", usage: "/msg NAME TEXT", help: "a message to one person", run: tell },
  {
    name: "me",
    usage: "/me TEXT",
    help: "say what you do",
    run: (argument, { say }) => say(ACTION_PREFIX + required(argument, "/me TEXT")),
  },
  {
    name: "who",
    usage: "/who [ROOM]",
    help: "who is in the room",
    run: (argument, { room }) => commands({ type: "members", room: argument || room }),
  },
  { name: "rooms", usage: "/rooms", help: "which rooms there are", run: () => commands({ type: "rooms" }) },
  {
    name: "name",
    usage: "/name NAME",
    help: "take another name",
    run: (argument) => commands({ type: "rename", name: required(argument, "/name NAME") }),
  },
  {
    name: "topic",
    usage: "/topic TEXT",
    help: "set the room's topic",
    run: (argument, { room }) => commands({ type: "topic", room, text: required(argument, "/topic TEXT") }),
  },
  {
    name: "history",
    usage: "/history [COUNT]",
    help: "what was said last",
    run: showHistory,
  },
  {
    name: "search",
    usage: "/search WORDS",
    help: "find what was said",
    run: (argument, { room }) =>
      commands({ type: "search", room, query: required(argument, "/search WORDS"), limit: PLAIN_SEARCH_MESSAGES }),
  },
];

function showHistory(argument: string, { room }: Speaker): Decoded {
  const limit = argument === "" ? 20 : Number(argument);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_MESSAGES) {
    return commands({ type: "history", room, limit });
  }
  throw misused(`/history COUNT, with a count from 1 to ${MAX_PAGE_MESSAGES}`);
}

function tell(argument: string, { tell }: Speaker): Decoded {
  const [to, text] = splitFirstWord(argument);
  required(text, "/msg NAME TEXT");
  return tell(to, text);
}
