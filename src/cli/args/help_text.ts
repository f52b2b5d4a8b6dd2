import type { CommandSpec } from "./arguments.ts";
import { type OptionSpec, programName, variableOf } from "./command_spec.ts";

/**
 * Number of commands with an example in the program's help, which must fit one screen. The most
 * common come first.
 */
const MAX_EXAMPLES = 2;

/** The help of the whole program, on one screen. */
export function programHelp(commands: readonly CommandSpec[]): string {
  const rows = commands.map((command) => [`${command.name} ${command.operands}`.trim(), command.summary] as const);
  // A checkout has a task for each command, but not for these options.
  const bare = Deno.build.standalone ? "" : "deno run main.ts ";
  const guided = Deno.build.standalone ? "confab alone" : "deno task start";
  return [
    `Confab: a chat in one file that hosts rooms and joins them. ${guided} asks what you want.`,
    `Usage: ${programName()} COMMAND [OPTIONS], where COMMAND is one of these:`,
    ...table([...rows, [`${bare}--version`, "Shows the version"]]),
    "Examples:",
    ...examples(commands.slice(0, MAX_EXAMPLES).map((command) => command.examples[0]!)),
  ].join("\n");
}

/** The help of one command. */
export function commandHelp(command: CommandSpec): string {
  return [
    `${command.summary}.`,
    "",
    `Usage: ${programName()} ${commandUsage(command)}`,
    "",
    ...optionLines(command.options),
    "Examples:",
    ...examples(command.examples),
  ].join("\n");
}

/** The usage of a command, without the program's name. */
export function commandUsage({ name, options, operands }: CommandSpec): string {
  return [name, options.length === 0 ? "" : "[OPTIONS]", operands].filter((word) => word !== "").join(" ");
}

function optionLines(options: readonly OptionSpec[]): string[] {
  const [first] = options;
  if (first === undefined) return [];
  return [
    "Options:",
    ...table(options.map((option) => [optionUsage(option), optionHelp(option)] as const)),
    "",
    `Options can also be set by variables, such as ${variableOf(first.name)}; the option wins.`,
    "",
  ];
}

export function optionUsage(option: OptionSpec): string {
  return option.value === undefined ? `--${option.name}` : `--${option.name} ${option.value}`;
}

export function optionHelp(option: OptionSpec): string {
  const notes = [option.default && `default ${option.default}`, option.repeatable && "may be repeated"].filter(Boolean);
  return notes.length === 0 ? option.help : `${option.help} (${notes.join(", ")})`;
}

function examples(list: CommandSpec["examples"]): string[] {
  return table(list.map(({ line, what }) => [`${programName()} ${line}`, what] as const));
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
