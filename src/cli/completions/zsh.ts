/** The completion script for zsh with its completion system, `compinit`. */

import { BARE_OPTIONS, type Choice, type GrammarCommand, type GrammarOption } from "./completion_grammar.ts";

export function zshScript(commands: readonly GrammarCommand[]): string {
  return [
    "#compdef confab",
    "# Completions of confab for zsh: put this line into ~/.zshrc, after compinit",
    '#   eval "$(confab completions zsh)"',
    "_confab() {",
    "  if (( CURRENT == 2 )); then",
    "    local -a commands options",
    `    commands=(${commands.map(({ name, summary }) => quote(`${described(name)}:${summary}`)).join(" ")})`,
    `    options=(${BARE_OPTIONS.map(({ word, help }) => quote(`${described(word)}:${help}`)).join(" ")})`,
    "    _describe -t commands command commands",
    "    _describe -o option options",
    "    return",
    "  fi",
    "  local command=$words[2]",
    "  shift words",
    "  (( CURRENT-- ))",
    "  case $command in",
    ...commands.flatMap(caseOf),
    "  esac",
    "}",
    "# If zsh loads this file from $fpath, it completes at once; otherwise it is only registered.",
    'if [[ $funcstack[1] == _confab ]]; then _confab "$@"; else compdef _confab confab; fi',
  ].join("\n");
}

function caseOf({ name, options, operand }: GrammarCommand): string[] {
  // With an unknown rest argument zsh would list the options instead of completing them.
  const rest = operand.kind === "nothing" ? [] : [`*:argument:${action(operand)}`];
  const specs = [...options.map(optionSpec), ...rest];
  return [`    ${quote(name)}) _arguments ${specs.map(quote).join(" ")} ;;`];
}

function optionSpec({ word, help, repeatable, value }: GrammarOption): string {
  const head = `${repeatable ? "*" : ""}${word}`;
  const explanation = `[${help.replace(/[\\\]]/g, "\\$&")}]`;
  return value === undefined
    ? `${head}${explanation}`
    : `${head}=${explanation}:${described(value.label)}:${action(value.choice)}`;
}

function action(choice: Choice): string {
  switch (choice.kind) {
    case "words":
      return `(${choice.words.map((word) => word.replace(/[^\w-]/g, "\\$&")).join(" ")})`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "nothing":
      return " ";
    default:
      return choice satisfies never;
  }
}

/** Escapes colons, which would end the text. */
function described(text: string): string {
  return text.replace(/[\\:]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
