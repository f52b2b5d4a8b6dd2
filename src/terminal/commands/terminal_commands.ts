/** The slash commands of the terminal client: the shared table, names of emoji, and the help of keys. */

import { commandsFor, helpColumns, helpText, helpTopics } from "../../presentation/commands/command_help.ts";
import type { ArgumentKind, CommandContext } from "../../presentation/commands/slash_command.ts";
import { findCommand, parseSlashLine } from "../../presentation/commands/slash_commands.ts";
import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import { emojiFor } from "../input/emoji_names.ts";
import {
  type ActionName,
  BINDINGS,
  type Bindings,
  EDITING_KEYS,
  KEY_TABLE,
  keysOf,
  NAVIGATION_KEYS,
} from "../input/key_table.ts";

const KEY_TOPICS = new Map(
  [["keys", NAVIGATION_KEYS], ["editing", EDITING_KEYS]].map(([topic, table]) =>
    [topic as string, Object.keys(table!) as ActionName[]] as const
  ),
);

const MORE_HELP: readonly string[] = [
  "More: /help calls, /help messages, /help accounts, /help moderation,",
  "      /help reading, /help keys, /help editing.",
  "A line that does not begin with / is sent; //text sends one that does.",
  "Tab completes names, #rooms, commands, :emoji:. Up recalls your sent lines.",
  "Alt-Enter breaks the line. Ctrl-C empties it. On an empty line Ctrl-D quits.",
];

export const COMMAND_NAMES: readonly string[] = commandsFor("terminal").map(({ name }) => name);

/** Words that `/help` takes besides the names of commands. */
export const HELP_TOPICS: readonly string[] = [...helpTopics("terminal"), ...KEY_TOPICS.keys()];

/** How the first argument of a command is completed; `none` for an unknown command. */
export function argumentOf(command: string): ArgumentKind {
  return findCommand("terminal", command)?.argument ?? "none";
}

/** Parses a typed line. `place` returns the current place or throws. Throws an Error for users, with the next step. */
export function parseSlashInput(line: string, place: CommandContext["place"]): SlashInput {
  return parseSlashLine(line, { client: "terminal", place, emojiNamed });
}

function emojiNamed(name: string): string | undefined {
  return emojiFor(`${name}:`)[0]?.[1];
}

/** The help for a topic, a command or, without an argument, the first page. Throws an Error for users if unknown. */
export function slashHelpLines(argument = "", bindings: Bindings = BINDINGS): string[] {
  const keys = KEY_TOPICS.get(argument.replace(/^\//, "").toLowerCase());
  if (keys !== undefined) {
    return helpColumns(keys.map((name) => ({ usage: keysOf(bindings, name), summary: KEY_TABLE[name].summary })));
  }
  const help = helpText("terminal", argument);
  if (help.type === "list") return [...helpColumns(help.commands), ...argument === "" ? MORE_HELP : []];
  const { usage, summary, details } = help.command;
  return [`  ${usage}  ${summary}`, `  ${details}`];
}
