/** The command `help`: the manual's pages, and the help of single commands. */

import { isTopic, readTopic, TOPICS } from "../../manual/topics.ts";
import { type Arguments, nearestTo } from "../args/arguments.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { programName } from "../args/command_spec.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { commandHelp } from "../args/help_text.ts";
import { showPaged, terminalSize } from "../platform/pager.ts";

/** Columns of a page that is piped, or whose terminal does not report its size. */
const DEFAULT_COLUMNS = 80;
/** Longer lines are hard to read. */
const MAX_COLUMNS = 100;
const MIN_COLUMNS = 20;

export function helpCommand(commands: () => readonly CommandSpec[]): CommandSpec {
  return {
    name: "help",
    operands: "[TOPIC]",
    maxOperands: 1,
    operandChoices: () => [...TOPICS, ...commands()].map(({ name }) => name),
    summary: "Shows a page of the manual, or the options of a command",
    options: [],
    examples: [
      { line: "help", what: "lists the topics" },
      { line: "help guide", what: "explains how to join a chat and use it" },
      { line: "help serve", what: "shows the options of serve" },
    ],
    // PAGER may name a program.
    startsPrograms: true,
    run: (args) => runHelp(args, commands()),
  };
}

async function runHelp({ operands: [name] }: Arguments, commands: readonly CommandSpec[]): Promise<ExitCode> {
  if (name === undefined) {
    console.log(topicList(TOPICS, commands));
    return EXIT.fine;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (isTopic(name)) await showPaged(await renderTopic(name));
  else if (command !== undefined) console.log(commandHelp(command));
  else throw unknownTopic(name, [...TOPICS, ...commands].map((candidate) => candidate.name));
  return EXIT.fine;
}

/** Loads the Markdown parser, which no other command needs. */
async function renderTopic(topic: string): Promise<string[]> {
  const [{ renderForTerminal }, { textWidth }] = await Promise.all([
    import("../../manual/terminal_page.ts"),
    import("../../terminal/screen/text_width.ts"),
  ]);
  return renderForTerminal(await readTopic(topic), {
    width: columns(),
    color: Deno.stdout.isTerminal() && !Deno.noColor,
    measure: textWidth,
    helpCommand: `${programName()} help`,
    topic,
  });
}

function columns(): number {
  const { columns } = terminalSize() ?? { columns: DEFAULT_COLUMNS };
  return Math.max(MIN_COLUMNS, Math.min(columns, MAX_COLUMNS));
}

interface Entry {
  readonly name: string;
  readonly summary: string;
}

/** `--help` says what each command does. */
function topicList(topics: readonly Entry[], commands: readonly Entry[]): string {
  const width = Math.max(...topics.map(({ name }) => name.length));
  return [
    `Topics of the manual (${programName()} help TOPIC):`,
    ...topics.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    `Commands (${programName()} help COMMAND):`,
    ...wrapWords(commands.map(({ name }) => name)),
  ].join("\n");
}

function wrapWords(words: readonly string[]): string[] {
  const lines = [" "];
  for (const word of words) {
    if (lines.at(-1)!.length + 1 + word.length > MAX_COLUMNS) lines.push(" ");
    lines[lines.length - 1] += ` ${word}`;
  }
  return lines;
}

function unknownTopic(name: string, known: readonly string[]): Failure {
  const nearest = nearestTo(name, known);
  const next = nearest === undefined ? `${programName()} help lists the topics` : `did you mean ${nearest}?`;
  return new Failure(EXIT.usage, `Unknown topic ${JSON.stringify(name)}: ${next}`);
}
