import type { CommandSpec } from "../args/arguments.ts";
import { EXIT } from "../args/exit_codes.ts";
import { manPage } from "../args/man_page.ts";
import { VERSION } from "../platform/program.ts";

/** The command that prints the manual page of all commands. */
export function manCommand(commands: () => readonly CommandSpec[]): CommandSpec {
  return {
    name: "man",
    operands: "",
    maxOperands: 0,
    summary: "Prints the manual page",
    options: [],
    examples: [{ line: "man | man -l -", what: "shows the manual page" }],
    run() {
      console.log(manPage(commands(), VERSION));
      return Promise.resolve(EXIT.fine);
    },
  };
}
