/** The slash commands: one table that parses them, prints their help and says how their arguments complete. */

import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { MAX_PAGE_MESSAGES } from "../protocol/limits.ts";
import { ACTION_PREFIX } from "../protocol/messages.ts";
import { parseName, parseRoom, quote } from "../protocol/names.ts";

/** What a typed line asks for. */
export type Input =
  | { readonly type: "say"; readonly text: string }
  | { readonly type: "help"; readonly lines: readonly string[] }
  | { readonly type: "join"; readonly room: string }
  | { readonly type: "leave"; readonly room: string | undefined }
  | { readonly type: "room"; readonly room: string | undefined }
  | { readonly type: "msg"; readonly to: string; readonly text: string }
  | { readonly type: "who"; readonly room: string | undefined }
  | { readonly type: "rooms" }
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "topic"; readonly text: string | undefined }
  | { readonly type: "history"; readonly limit: number }
  | { readonly type: "clear" }
  | { readonly type: "quit" };

/** What the first argument of a command may be completed to. */
export type ArgumentKind = "none" | "command" | "room" | "joined room" | "name" | "text";

interface Command {
  readonly name: string;
  readonly usage: string;
  /** One line for the list. */
  readonly summary: string;
  /** What `/help NAME` says beyond it. */
  readonly details: string;
  readonly argument: ArgumentKind;
  /** Throws an Error for people where the argument does not fit. */
  readonly parse: (argument: string) => Input;
}

const HISTORY_DEFAULT_LINES = 20;

const COMMANDS: readonly Command[] = [
  {
    name: "help",
    usage: "[COMMAND]",
    summary: "list the commands, or explain one",
    details: "For example: /help msg",
    argument: "command",
    parse: (argument) => ({ type: "help", lines: helpLines(argument) }),
  },
  {
    name: "join",
    usage: "ROOM",
    summary: "enter a room, which makes it if there is none",
    details: "You stay in the rooms you are in, and what you type goes to the new one. For example: /join #build",
    argument: "room",
    parse: (argument) => ({ type: "join", room: parseRoom(need(argument, "join")) }),
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
    usage: "[ROOM]",
    summary: "choose the room you write to, or list yours",
    details: "The prompt names it. Lines from your other rooms are marked with theirs.",
    argument: "joined room",
    parse: (argument) => ({ type: "room", room: optionalRoom(argument) }),
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
    parse: (argument) => ({ type: "say", text: ACTION_PREFIX + need(argument, "me") }),
  },
  {
    name: "who",
    usage: "[ROOM]",
    summary: "who is in the room",
    details: "Without a room it is the current one.",
    argument: "room",
    parse: (argument) => ({ type: "who", room: optionalRoom(argument) }),
  },
  {
    name: "rooms",
    usage: "",
    summary: "all rooms of the server",
    details: "With how many are there and the topic.",
    argument: "none",
    parse: () => ({ type: "rooms" }),
  },
  {
    name: "name",
    usage: "NAME",
    summary: "change your name",
    details: "Letters and digits of any script, and _ . ' - behind the first one.",
    argument: "text",
    parse: (argument) => ({ type: "name", name: parseName(need(argument, "name")) }),
  },
  {
    name: "topic",
    usage: "[TEXT]",
    summary: "show or set the topic of the room",
    details: "A lone - clears it.",
    argument: "text",
    parse: (argument) => ({ type: "topic", text: argument === "" ? undefined : argument === "-" ? "" : argument }),
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

const KEYS: readonly string[] = [
  "A line that does not begin with / is sent; //text sends one that does.",
  "Tab completes names, #rooms and commands. Up and Down bring back what you sent.",
  "Alt-Enter breaks the line. Ctrl-C empties it. On an empty line Ctrl-D quits.",
];

export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);

export function argumentOf(command: string): ArgumentKind {
  return find(command)?.argument ?? "none";
}

/** Throws an Error for people, with the next step in it. */
export function parseInput(line: string): Input {
  if (!line.startsWith("/")) return { type: "say", text: line };
  if (line.startsWith("//")) return { type: "say", text: line.slice(1) };
  const [, name, argument] = /^\/(\S*)\s*([^]*)$/.exec(line)! as unknown as [string, string, string];
  const command = find(name);
  if (command === undefined) throw new Error(unknownText(name));
  return command.parse(argument.trim());
}

function find(name: string): Command | undefined {
  const wanted = name.toLowerCase();
  return COMMANDS.find((command) => command.name === wanted);
}

function unknownText(name: string): string {
  const shown = quote(`/${name}`);
  const near = nearest(name.toLowerCase());
  if (near !== undefined) return `Command ${shown} is unknown: did you mean /${near}?`;
  return `Command ${shown} is unknown: /help lists them all, and a second / in front sends the line as it is`;
}

/** The command that was meant, if one is close enough to be likely. */
function nearest(name: string): string | undefined {
  if (name === "") return undefined;
  const begun = COMMAND_NAMES.filter((command) => command.startsWith(name));
  if (begun.length === 1) return begun[0];
  const near = closestString(name, COMMAND_NAMES);
  return levenshteinDistance(name, near) <= Math.min(2, name.length - 1) ? near : undefined;
}

/** The whole list, or one command; in words if there is no such command. */
export function helpLines(name = ""): string[] {
  if (name !== "") return helpOf(name.replace(/^\//, ""));
  const heads = COMMANDS.map(headOf);
  const wide = Math.max(...heads.map((head) => head.length));
  return [...COMMANDS.map(({ summary }, index) => `  ${heads[index]!.padEnd(wide)}  ${summary}`), ...KEYS];
}

function helpOf(name: string): string[] {
  const command = find(name);
  if (command === undefined) throw new Error(unknownText(name));
  return [`  ${headOf(command)}  ${command.summary}`, `  ${command.details}`];
}

function headOf({ name, usage }: Command): string {
  return usage === "" ? `/${name}` : `/${name} ${usage}`;
}

function need(argument: string, name: string): string {
  if (argument === "") throw new Error(`Command /${name} needs more: write ${headOf(find(name)!)}`);
  return argument;
}

function optionalRoom(argument: string): string | undefined {
  return argument === "" ? undefined : parseRoom(argument);
}

function parseMsg(argument: string): Input {
  const [, name = "", text = ""] = /^(\S*)\s*([^]*)$/.exec(argument)!;
  if (text === "") need("", "msg");
  return { type: "msg", to: parseName(name.replace(/^@/, "").replace(/:$/, "")), text };
}

function parseHistory(argument: string): Input {
  if (argument === "") return { type: "history", limit: HISTORY_DEFAULT_LINES };
  const limit = /^\d{1,4}$/.test(argument) ? Number(argument) : 0;
  if (limit < 1 || limit > MAX_PAGE_MESSAGES) {
    throw new Error(`Count ${quote(argument)} is not possible: write /history N with 1 to ${MAX_PAGE_MESSAGES}`);
  }
  return { type: "history", limit };
}
