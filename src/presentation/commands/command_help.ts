/** The help of the slash commands, made from their table. */

import type { ClientKind, HelpTopic, SlashCommand } from "./slash_command.ts";
import { commandsOf, findCommand, unknownCommand, usageOf } from "./slash_commands.ts";

/** A command as one client describes it. */
export interface CommandHelp {
  readonly name: string;
  /** Such as `/msg NAME TEXT`. */
  readonly usage: string;
  readonly summary: string;
  readonly details: string;
  readonly topic: HelpTopic;
  /** Why this client writes the command differently from the terminal client. */
  readonly reason?: string;
}

/** Describes the commands that a client has, in the order of the help. The manual's tables are printed from it. */
export function commandsFor(client: ClientKind): readonly CommandHelp[] {
  return commandsOf(client).map((command) => describe(client, command));
}

function describe(client: ClientKind, command: SlashCommand): CommandHelp {
  const { name, topic, variants } = command;
  const { summary = command.summary, details = command.details, reason } = variants?.[client] ?? {};
  return { name, usage: usageOf(client, command), summary, details, topic, ...reason !== undefined && { reason } };
}

/** Topics for which the client has commands, except the first page. */
export function helpTopics(client: ClientKind): readonly HelpTopic[] {
  return [...new Set(commandsFor(client).map(({ topic }) => topic))].filter((topic) => topic !== "chat");
}

/** The reply to `/help ARGUMENT`: a list, or one command with its details. */
export type HelpText =
  | { readonly type: "list"; readonly commands: readonly CommandHelp[] }
  | { readonly type: "command"; readonly command: CommandHelp };

/**
 * Returns the first page for an empty argument, or the page of a topic or a command, with or without `/`.
 * Throws `unknown_type` if there is neither.
 */
export function helpText(client: ClientKind, argument: string): HelpText {
  const wanted = argument.replace(/^\//, "").toLowerCase();
  const topic: string = wanted === "" ? "chat" : wanted;
  const commands = commandsFor(client).filter((command) => command.topic === topic);
  if (commands.length > 0 && findCommand(client, wanted) === undefined) return { type: "list", commands };
  const command = findCommand(client, wanted);
  if (command === undefined) throw unknownCommand(client, wanted);
  return { type: "command", command: describe(client, command) };
}

/** Prints usages and summaries in two columns. Summaries wrap at `columns`, 80 if omitted, within their column. */
export function helpColumns(
  rows: readonly { readonly usage: string; readonly summary: string }[],
  columns = 80,
): string[] {
  const width = Math.max(...rows.map(({ usage }) => usage.length));
  return rows.flatMap(({ usage, summary }) => {
    const [first, ...rest] = wrap(summary, columns - width - 4);
    return [`  ${usage.padEnd(width)}  ${first}`, ...rest.map((line) => " ".repeat(width + 4) + line)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
