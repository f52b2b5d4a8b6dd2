import type { CommandSpec } from "./arguments.ts";
import { variableOf } from "./command_spec.ts";
import { commandUsage, optionHelp, optionUsage } from "./help_text.ts";

/** The manual page in the macros of man(7), section 1, made from the same tables as the help. */
export function manPage(commands: readonly CommandSpec[], version: string): string {
  return [
    `.TH CONFAB 1 "" "confab ${roff(version)}" "User Commands"`,
    ".SH NAME",
    "confab \\- a chat in one file that hosts rooms and joins them",
    ".SH SYNOPSIS",
    ...commands.flatMap((command) => [`.B confab ${roff(command.name)}`, text(usageTail(command)), ".br"]),
    ".SH COMMANDS",
    ...commands.flatMap(aboutCommand),
    ".SH ENVIRONMENT",
    "Each option can also be set by a variable. An option wins over its variable.",
    "The variable of a flag takes 1 or 0. The variable of a repeatable option takes values separated by commas.",
    ...[...new Set(commands.flatMap(({ options }) => options.map(({ name }) => name)))].sort().flatMap(aboutVariable),
    ".TP",
    ".B NO_COLOR",
    "Turns colours off if it is not empty.",
  ].filter((line) => line !== "").join("\n");
}

function usageTail(command: CommandSpec): string {
  return commandUsage(command).slice(command.name.length).trim();
}

function aboutCommand(command: CommandSpec): string[] {
  return [
    `.SS ${roff(`confab ${commandUsage(command)}`)}`,
    text(`${command.summary}.`),
    ...command.options.flatMap((option) => [".TP", `.B ${roff(optionUsage(option))}`, text(`${optionHelp(option)}.`)]),
    ".PP",
    "Examples:",
    ...command.examples.flatMap(({ line, what }) => [".TP", `.B ${roff(`confab ${line}`)}`, text(what)]),
  ];
}

function aboutVariable(name: string): string[] {
  return [".TP", `.B ${roff(variableOf(name))}`, `The same as ${roff(`--${name}`)}.`];
}

/** A line of text that roff never takes for a request, whatever it begins with. */
function text(line: string): string {
  return line === "" ? "" : `\\&${roff(line)}`;
}

/**
 * Escapes a line: in roff a backslash begins an escape, a bare - is a hyphen, and ^, ~, ` and ' are
 * typographic.
 */
function roff(line: string): string {
  const escapes: Record<string, string> = {
    "\\": "\\e",
    "-": "\\-",
    "^": "\\(ha",
    "~": "\\(ti",
    "`": "\\(ga",
    "'": "\\(aq",
  };
  return line.replace(/[\\\-^~`']/g, (character) => escapes[character]!).replaceAll('"', "\\(dq").replace(/\s+/g, " ");
}
