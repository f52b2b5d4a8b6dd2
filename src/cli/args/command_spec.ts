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

/** A permission of Deno that a command needs, and what it costs to refuse it. */
export type Right =
  & {
    /** The permission as a whole. */
    readonly asks: Deno.PermissionDescriptor;
    /** A part of it that is enough, such as one address. */
    readonly enough?: Deno.PermissionDescriptor;
    /** A sentence for the user. */
    readonly why: string;
  }
  & (
    /** A sentence about what is missing without the right, and the options that make the command run without it. */
    | { readonly without: string; readonly options?: readonly string[] }
    /** The command cannot run without the right, and ends with this code. */
    | { readonly code: ExitCode }
  );

/** The arguments and the help of a command, without its code. */
export interface CommandUsage {
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
}

/** The environment variable that sets an option. */
export function variableOf(option: string): string {
  return `CONFAB_${option.toUpperCase().replaceAll("-", "_")}`;
}

/** The name to call this program by: the executable, or the tasks of a checkout. */
export function programName(): string {
  return Deno.build.standalone ? "confab" : "deno task";
}
