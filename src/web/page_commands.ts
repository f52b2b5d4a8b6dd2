/** The slash commands and the sentences of the page, from the shared tables. */

import { type CommandHelp, helpText, helpTopics } from "../presentation/commands/command_help.ts";
import type { CommandPlace } from "../presentation/commands/slash_input.ts";
import { parseSlashLine } from "../presentation/commands/slash_commands.ts";
import type { SlashInput } from "../presentation/commands/slash_input.ts";
import type { Markup } from "../presentation/sentences/markup.ts";

/** Sentences as plain text: `views/dom.ts` sanitises every text that it puts into the document. */
export const PAGE_MARKUP: Markup = {
  client: "page",
  maxNames: 5,
  name: (name) => name,
  text: (text) => text,
  strong: (text) => text,
  moment: (at) => new Date(at).toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" }),
};

/** Parses a typed line. `place` returns the open room or conversation, or throws. Throws an Error for users, with the next step. */
export function parsePageInput(line: string, place: () => CommandPlace): SlashInput {
  return parseSlashLine(line, { client: "page", place });
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
