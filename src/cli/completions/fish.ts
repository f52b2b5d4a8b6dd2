/** The completion script for fish 3.0 and later. */

import { BARE_OPTIONS, type Choice, type GrammarCommand, type GrammarOption } from "./completion_grammar.ts";

export function fishScript(commands: readonly GrammarCommand[]): string {
  return [
    "# Completions of confab for fish: type once",
    "#   confab completions fish >~/.config/fish/completions/confab.fish",
    "function __confab_command",
    "    set -l words (commandline -opc)",
    '    test (count $words) -gt 1; and test "$words[2]" = "$argv[1]"',
    "end",
    "function __confab_none",
    "    test (count (commandline -opc)) -eq 1",
    "end",
    "complete -c confab -f",
    ...commands.map(({ name, summary }) => line("__confab_none", `-a ${quote(name)}`, summary)),
    ...BARE_OPTIONS.map((option) => line("__confab_none", long(option), option.help)),
    ...commands.flatMap(linesOf),
  ].join("\n");
}

function linesOf({ name, options, operand }: GrammarCommand): string[] {
  const here = `__confab_command ${quote(name)}`;
  return [
    ...options.map((option) =>
      line(here, [long(option), ...option.value ? ["-x", ...action(option.value.choice)] : []].join(" "), option.help)
    ),
    ...operand.kind === "nothing" ? [] : [line(here, action(operand).join(" "))],
  ];
}

function long({ word }: GrammarOption): string {
  return `-l ${quote(word.slice(2))}`;
}

function line(condition: string, what: string, help?: string): string {
  return `complete -c confab -n ${quote(condition)} ${what}${help === undefined ? "" : ` -d ${quote(help)}`}`;
}

function action(choice: Choice): string[] {
  switch (choice.kind) {
    case "words":
      // fish parses the quoted text again, as a list.
      return ["-a", quote(choice.words.map(quote).join(" "))];
    case "files":
      return ["-F"];
    case "folders":
      return ["-a", quote("(__fish_complete_directories)")];
    case "nothing":
      return [];
    default:
      return choice satisfies never;
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
