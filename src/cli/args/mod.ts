/**
 * The arguments of the command line: specifications, parsing, and the texts that are made from them.
 * It knows no command. A usage error is a `Failure` with `EXIT.usage`.
 *
 * Start with `command_spec.ts`, `arguments.ts` and `rights.ts`. `help_text.ts` and `man_page.ts` print the specifications, `exit_codes.ts`
 * lists the exit codes, and the files named `…_options.ts` hold options that several commands share.
 *
 * @module
 */

export { Arguments, readArguments } from "./arguments.ts";
export type { CommandSpec } from "./arguments.ts";
export type { OptionSpec } from "./command_spec.ts";
export { EXIT, Failure } from "./exit_codes.ts";
