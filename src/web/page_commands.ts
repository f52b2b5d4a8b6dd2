/** The slash commands of the page: the shared table, with a help that reads well in a proportional font. */

import { type CommandHelp, helpText, helpTopics } from "../presentation/commands/command_help.ts";
import { parseSlashLine } from "../presentation/commands/slash_commands.ts";
import type { SlashInput } from "../presentation/commands/slash_input.ts";

/** Parses a typed line. `room` returns the open room or throws. Throws an Error for users, with the next step. */
export function parsePageInput(line: string, room: () => string): SlashInput {
  return parseSlashLine(line, { client: "page", room });
}

/** The help for a topic, a command or, without an argument, the first page. Throws an Error for users if unknown. */
export function pageHelpLines(argument = ""): string[] {
  const help = helpText("page", argument);
  if (help.type === "command") return [lineOf(help.command), help.command.details];
  const lines = help.commands.map(lineOf);
  if (argument !== "") return lines;
  const topics = helpTopics("page").map((topic) => `/help ${topic}`);
  return [
    ...lines,
    `More: ${topics.join(", ")}`,
    "A line that begins with // is sent with one /. The terminal client has more commands.",
  ];
}

function lineOf({ usage, summary }: CommandHelp): string {
  return `${usage} – ${summary}`;
}
