import type { Arguments } from "./arguments.ts";
import type { ExitCode } from "./exit_codes.ts";

export interface OptionSpec {
  readonly name: string;
  /** What the value stands for: `FILE`, `PATH` and `DIR` for those, small words with `|` between for themselves. A flag has none. */
  readonly value?: string;
  /** The words that the value may be, where `value` does not list them. */
  readonly choices?: readonly string[];
  readonly repeatable?: true;
  /** Shown in the help. */
  readonly default?: string;
  readonly help: string;
}

/** One command: what the help prints and the arguments are checked against. */
export interface CommandSpec {
  readonly name: string;
  /** The arguments without dashes, as the help shows them, and with the same words as the values of options. */
  readonly operands: string;
  readonly maxOperands: number;
  /** Words that complete the operand, if `operands` does not list them. */
  readonly operandChoices?: () => readonly string[];
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  /** Lines that work when pasted, without the program's name. */
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** Whether it keeps the right to start other programs; all others give it up first. */
  readonly startsPrograms?: true;
  run(args: Arguments): Promise<ExitCode>;
}

/** The environment variable that stands for an option. */
export function variableOf(option: string): string {
  return `CONFAB_${option.toUpperCase().replaceAll("-", "_")}`;
}

/** How this program is called where it runs: the executable that was handed out, or a task of the checkout. */
export function programName(): string {
  return Deno.build.standalone ? "confab" : "deno task";
}
