import { EXIT, Failure } from "../args/exit_codes.ts";

/** Whether the program was called as the system calls it to open a link. */
export function isLink(argument: string | undefined): argument is string {
  return argument !== undefined && /^confab:/i.test(argument);
}

/**
 * The arguments for `connect` of a link, which anybody may have written. It is one argument, and none of it is an option;
 * where a quote in it made more of it, nothing is done. Throws a usage failure.
 */
export function argumentsOfLink(args: readonly string[]): string[] {
  const [link, ...others] = args;
  if (others.length === 0) return ["--", link!];
  throw new Failure(EXIT.usage, "A link must be the only argument: to add options, run connect");
}
