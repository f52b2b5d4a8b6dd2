/** The slash commands: one table that parses them, prints their help and says how their arguments complete. */

import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import {
  type ActionName,
  BINDINGS,
  type Bindings,
  EDITING_KEYS,
  GOING_KEYS,
  KEY_TABLE,
  keysOf,
} from "../../terminal/input/key_table.ts";
import { quote } from "../../protocol/text/names.ts";
import { ACCOUNT_COMMANDS } from "./account_commands.ts";
import { CHANGE_COMMANDS } from "./message_commands.ts";
import type { ArgumentKind, Command, SlashInput } from "./slash_command.ts";
import { MODERATION_COMMANDS } from "./moderation_commands.ts";
import { READER_COMMANDS } from "./reader_commands.ts";
import { CHAT_COMMANDS } from "./chat_commands.ts";

const HELP: Command = {
  name: "help",
  usage: "[COMMAND]",
  summary: "list the commands, or explain one",
  details: "For example: /help msg",
  argument: "command",
  parse: (argument, { bindings }) => ({ type: "help", lines: slashHelpLines(argument, bindings) }),
};

const GENERAL: readonly Command[] = [HELP, ...CHAT_COMMANDS];

/** What `/help` lists under a word of its own. */
const TOPICS: ReadonlyMap<string, readonly Command[]> = new Map([
  ["messages", CHANGE_COMMANDS],
  ["accounts", ACCOUNT_COMMANDS],
  ["moderation", MODERATION_COMMANDS],
  ["reading", READER_COMMANDS],
]);

const COMMANDS: readonly Command[] = [
  ...GENERAL,
  ...CHANGE_COMMANDS,
  ...ACCOUNT_COMMANDS,
  ...MODERATION_COMMANDS,
  ...READER_COMMANDS,
];

const MORE_HELP: readonly string[] = [
  "More: /help messages, /help accounts, /help moderation, /help reading,",
  "      /help keys, /help editing.",
  "A line that does not begin with / is sent; //text sends one that does.",
  "Tab completes names, #rooms, commands, :emoji:. Up brings back what you sent.",
  "Alt-Enter breaks the line. Ctrl-C empties it. On an empty line Ctrl-D quits.",
];

/** The same for keys. */
const KEY_TOPICS = new Map(
  [["keys", GOING_KEYS], ["editing", EDITING_KEYS]].map(([topic, table]) =>
    [topic as string, Object.keys(table!) as ActionName[]] as const
  ),
);

export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);
export const HELP_TOPICS: readonly string[] = [...TOPICS.keys(), ...KEY_TOPICS.keys()];

export function argumentOf(command: string): ArgumentKind {
  return find(command)?.argument ?? "none";
}

/** `room` gives the current room, or throws. Throws an Error for people, with the next step in it. */
export function parseSlashInput(line: string, room: () => string, bindings: Bindings = BINDINGS): SlashInput {
  if (!line.startsWith("/") && !isSecret(line)) return { type: "say", text: line };
  if (line.startsWith("//") && !isSecret(line)) return { type: "say", text: line.slice(1) };
  const [, name, argument] = /^\s*\/+(\S*)\s*([^]*)$/.exec(line)! as unknown as [string, string, string];
  const command = find(name);
  if (command === undefined) throw new Error(unknownText(name));
  return command.parse(argument.trim(), { room, usage: headOf(command), bindings });
}

/**
 * Whether a line is a command that goes with a password, be it with a blank or a slash too many in front, or is none but
 * was perhaps meant as one: then it is never sent as it is, nor kept.
 */
export function isSecret(line: string): boolean {
  const [, slashes, name] = /^\s*(\/+)(\S+)/.exec(line) ?? [];
  if (name === undefined) return false;
  const command = find(name);
  if (command !== undefined) return command.secret === true;
  return slashes === "/" && COMMANDS.some((command) => command.secret && isNear(name.toLowerCase(), command.name));
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
  return isNear(name, near) ? near : undefined;
}

function isNear(name: string, command: string): boolean {
  return levenshteinDistance(name, command) <= Math.min(2, name.length - 1);
}

/** The whole list, one topic's or one command; throws where there is no such command. */
export function slashHelpLines(name = "", bindings: Bindings = BINDINGS): string[] {
  const wanted = name.replace(/^\//, "");
  if (wanted === "") return [...listed(GENERAL), ...MORE_HELP];
  const keys = KEY_TOPICS.get(wanted.toLowerCase());
  if (keys !== undefined) return columns(keys.map((name) => [keysOf(bindings, name), KEY_TABLE[name].summary]));
  const topic = TOPICS.get(wanted.toLowerCase());
  return topic === undefined ? helpOf(wanted) : listed(topic);
}

function listed(commands: readonly Command[]): string[] {
  return columns(commands.map((command) => [headOf(command), command.summary]));
}

function columns(rows: readonly (readonly [head: string, summary: string])[]): string[] {
  const wide = Math.max(...rows.map(([head]) => head.length));
  return rows.map(([head, summary]) => `  ${head.padEnd(wide)}  ${summary}`);
}

function helpOf(name: string): string[] {
  const command = find(name);
  if (command === undefined) throw new Error(unknownText(name));
  return [`  ${headOf(command)}  ${command.summary}`, `  ${command.details}`];
}

function headOf({ name, usage }: Command): string {
  return usage === "" ? `/${name}` : `/${name} ${usage}`;
}
