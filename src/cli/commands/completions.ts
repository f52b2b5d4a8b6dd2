import type { Arguments } from "../args/arguments.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { bashScript } from "../completions/bash.ts";
import { fishScript } from "../completions/fish.ts";
import { type GrammarCommand, grammarOf } from "../completions/completion_grammar.ts";
import { powershellScript } from "../completions/powershell.ts";
import { zshScript } from "../completions/zsh.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";

/** The completion script of each shell. */
export const SHELLS: Readonly<Record<string, (commands: readonly GrammarCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

const NAMES = Object.keys(SHELLS);

/** The command that prints completion scripts for all commands. */
export function completionsCommand(commands: () => readonly CommandSpec[]): CommandSpec {
  return {
    name: "completions",
    operands: NAMES.join("|"),
    maxOperands: 1,
    summary: "Prints a script that adds Tab completion to your shell",
    options: [],
    examples: [
      { line: "completions bash", what: "prints the script; its first lines say where to put it" },
    ],
    run: (args) => Promise.resolve(print(args, commands())),
  };
}

function print({ operands: [shell = ""] }: Arguments, commands: readonly CommandSpec[]): ExitCode {
  if (!NAMES.includes(shell)) {
    const given = shell === "" ? "Missing the name of a shell" : `Unknown shell ${JSON.stringify(shell)}`;
    throw new Failure(EXIT.usage, `${given}: write completions ${NAMES.join(" or ")}`);
  }
  console.log(SHELLS[shell]!(grammarOf(commands)));
  return EXIT.fine;
}
