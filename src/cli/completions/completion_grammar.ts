/** The grammar of the command line, from which the scripts of all shells are made. */

import type { CommandSpec } from "../args/arguments.ts";
import type { OptionSpec } from "../args/command_spec.ts";

/** The possible completions of a word. */
export type Choice =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" }
  | { readonly kind: "folders" }
  | { readonly kind: "nothing" };

export interface GrammarOption {
  /** The option with its dashes. */
  readonly word: string;
  readonly help: string;
  readonly repeatable: boolean;
  /** Absent for a flag. */
  readonly value?: { readonly label: string; readonly choice: Choice };
}

export interface GrammarCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly GrammarOption[];
  /** The completions of arguments without dashes. */
  readonly operand: Choice;
}

/** Options that can be used instead of a command. */
export const BARE_OPTIONS: readonly GrammarOption[] = [
  { word: "--help", help: "Lists the commands", repeatable: false },
  { word: "--version", help: "Shows the version", repeatable: false },
];

/** The commands, with the option `--help` that each of them has. */
export function grammarOf(commands: readonly CommandSpec[]): GrammarCommand[] {
  return commands.map(grammarOfCommand);
}

function grammarOfCommand({ name, summary, options, operands, operandChoices }: CommandSpec): GrammarCommand {
  return {
    name,
    summary,
    options: [...options.map(grammarOfOption), {
      word: "--help",
      help: "Shows the help of this command",
      repeatable: false,
    }],
    operand: operandChoices === undefined ? choiceOf(operands) : { kind: "words", words: operandChoices() },
  };
}

function grammarOfOption({ name, help, value, choices, repeatable }: OptionSpec): GrammarOption {
  const option = { word: `--${name}`, help, repeatable: repeatable === true };
  if (value === undefined) return option;
  const choice: Choice = choices === undefined ? choiceOf(value) : { kind: "words", words: choices };
  return { ...option, value: { label: value, choice } };
}

/**
 * Lowercase words complete to themselves; `FILE`, `PATH` and `DIR` to files and folders; other
 * placeholders to nothing.
 */
function choiceOf(usage: string): Choice {
  const names: readonly string[] = usage.match(/[\w-]+/g) ?? [];
  const words = names.filter((name) => /^[a-z]/.test(name));
  if (words.length > 0) return { kind: "words", words };
  if (names.includes("DIR")) return { kind: "folders" };
  return names.includes("FILE") || names.includes("PATH") ? { kind: "files" } : { kind: "nothing" };
}
