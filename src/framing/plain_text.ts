import { ProtocolError } from "../protocol/errors.ts";
import {
  ACTION_PREFIX,
  type ClientCommand,
  DEFAULT_ROOM,
  type Member,
  type ServerEvent,
} from "../protocol/messages.ts";
import { MAX_PAGE_MESSAGES } from "../protocol/limits.ts";
import { quote } from "../protocol/names.ts";
import { parseCommand } from "../protocol/validate.ts";
import type { Codec, Decoded, Format } from "./codec.ts";
import { plainView } from "./plain_view.ts";
import { star } from "./star.ts";

export const PLAIN_FORMAT: Format = {
  name: "plain",
  echoes: false,
  encode: (event: ServerEvent): string => plainView(event),
};

/** What a search shows of what it finds: about a screen. */
const PLAIN_SEARCH_MESSAGES = 20;
const ASK_NAME = "Your name?\n";

/** The language of people on `nc` and telnet: first a name, then lines of chat, and commands that begin with `/`. */
export class PlainText implements Codec {
  readonly format = PLAIN_FORMAT;
  #self: Member | undefined;
  /** Rooms joined, the one that lines go to last. */
  readonly #rooms: string[] = [];
  #refs = 0;

  decode(line: string): Decoded {
    const text = line.replaceAll("\0", "").trimEnd();
    if (text === "") return { commands: [] };
    const command = /^\/(?!\/)(\S*)\s*(.*)$/su.exec(text);
    if (command !== null) return this.#run(command[1]!.toLowerCase(), command[2]!);
    if (this.#self === undefined) return commands({ type: "join", room: DEFAULT_ROOM, name: text.trim() });
    return this.#say(text.startsWith("//") ? text.slice(1) : text);
  }

  encode(event: ServerEvent): string {
    switch (event.type) {
      case "joined":
        this.#self = event.you;
        this.#enter(event.room.name);
        break;
      case "rename":
        if (event.member.id === this.#self?.id) this.#self = event.member;
        break;
      case "leave":
        if (event.member.id === this.#self?.id) return this.#exit(event.room);
        break;
      case "welcome":
        return plainView(event) + ASK_NAME;
      case "error":
        return plainView(event) + (this.#self === undefined && event.code.startsWith("name_") ? ASK_NAME : "");
    }
    return plainView(event, this.#self);
  }

  #run(name: string, argument: string): Decoded {
    const command = PLAIN_COMMANDS.find((entry) => entry.name === name);
    if (command === undefined) {
      throw new ProtocolError("unknown_type", `Command /${quote(name).slice(1, -1)} is unknown: /help lists them all`);
    }
    if (this.#self === undefined && !command.anytime) {
      throw new ProtocolError("not_joined", "Type your name first, on a line of its own");
    }
    return command.run(argument, {
      room: this.#rooms.at(-1) ?? DEFAULT_ROOM,
      say: (text) => this.#say(text),
      tell: (to, text) => commands({ type: "message", to, text, ref: this.#newRef() }),
    });
  }

  #say(text: string): Decoded {
    const room = this.#rooms.at(-1);
    if (room === undefined) throw new ProtocolError("not_joined", "You are in no room: type /join ROOM first");
    return commands({ type: "message", room, text, ref: this.#newRef() });
  }

  #newRef(): string {
    return String(++this.#refs);
  }

  #enter(room: string): void {
    const index = this.#rooms.indexOf(room);
    if (index >= 0) this.#rooms.splice(index, 1);
    this.#rooms.push(room);
  }

  #exit(room: string): string {
    const index = this.#rooms.indexOf(room);
    if (index >= 0) this.#rooms.splice(index, 1);
    const current = this.#rooms.at(-1);
    return star(`You left #${room}${current === undefined ? "" : `, and are in #${current}`}`);
  }
}

interface Speaker {
  /** The room that lines go to. */
  readonly room: string;
  readonly say: (text: string) => Decoded;
  readonly tell: (to: string, text: string) => Decoded;
}

interface PlainCommand {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  /** Whether it may come before the name. */
  readonly anytime?: true;
  readonly run: (argument: string, speaker: Speaker) => Decoded;
}

/** What a line may begin with. The same table prints `/help`. */
const PLAIN_COMMANDS: readonly PlainCommand[] = [
  { name: "help", usage: "/help", help: "this list", anytime: true, run: () => ({ commands: [], reply: help() }) },
  {
    name: "join",
    usage: "/join ROOM",
    help: "enter a room, or go back to it",
    run: (argument) => commands({ type: "join", room: argument || DEFAULT_ROOM }),
  },
  {
    name: "leave",
    usage: "/leave [ROOM]",
    help: "leave a room",
    run: (argument, { room }) => commands({ type: "leave", room: argument || room }),
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
  { name: "quit", usage: "/quit", help: "end the chat", anytime: true, run: () => commands({ type: "leave" }) },
];

/** Goes through the same checks as a line of JSON. */
function commands(command: ClientCommand | Record<string, unknown>): Decoded {
  return { commands: [parseCommand(command)] };
}

function showHistory(argument: string, { room }: Speaker): Decoded {
  const limit = argument === "" ? 20 : Number(argument);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_MESSAGES) {
    return commands({ type: "history", room, limit });
  }
  throw new ProtocolError("invalid", `Use it like this: /history COUNT, with a count from 1 to ${MAX_PAGE_MESSAGES}`);
}

function tell(argument: string, { tell }: Speaker): Decoded {
  const [, to, text] = /^(\S+)\s+(.+)$/s.exec(argument) ?? [];
  if (to === undefined || text === undefined) throw new ProtocolError("invalid", "Use it like this: /msg NAME TEXT");
  return tell(to, text);
}

function required(argument: string, usage: string): string {
  if (argument === "") throw new ProtocolError("invalid", `Use it like this: ${usage}`);
  return argument;
}

function help(): string {
  const width = Math.max(...PLAIN_COMMANDS.map((command) => command.usage.length));
  return PLAIN_COMMANDS.map((command) => star(`${command.usage.padEnd(width)}  ${command.help}`)).join("");
}
