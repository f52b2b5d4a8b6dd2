import type { Arguments } from "./arguments.ts";
import type { ExitCode } from "./exit_codes.ts";

export interface OptionSpec {
  readonly name: string;
  /**
   * Placeholder of the value: `FILE`, `PATH`, `DIR`, or lowercase words with `|` between them.
   * Absent for a flag.
   */
  readonly value?: string;
  /** The possible values, if `value` does not list them. */
  readonly choices?: readonly string[];
  readonly repeatable?: true;
  /** Shown in the help. */
  readonly default?: string;
  readonly help: string;
}

/** One command of the program. The help, the man page, the completions and the parser use it. */
export interface CommandSpec {
  readonly name: string;
  /** The arguments without dashes as the help shows them, with the same placeholders as option values. */
  readonly operands: string;
  readonly maxOperands: number;
  /** Words that complete the operand, if `operands` does not list them. */
  readonly operandChoices?: () => readonly string[];
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  /** Example command lines, without the program's name. */
  readonly examples: readonly { readonly line: string; readonly what: string }[];
  /** Whether the command may start other programs. All others drop that permission first. */
  readonly startsPrograms?: true;
  run(args: Arguments): Promise<ExitCode>;
}

/** The environment variable that sets an option. */
export function variableOf(option: string): string {
  return `CONFAB_${option.toUpperCase().replaceAll("-", "_")}`;
}

/** The name to call this program by: the executable, or the tasks of a checkout. */
export function programName(): string {
  return Deno.build.standalone ? "confab" : "deno task";
}
