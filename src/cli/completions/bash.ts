/** The completion script for bash 3.2 (the version of macOS) and later. */

import { BARE_OPTIONS, type Choice, type GrammarCommand } from "./completion_grammar.ts";

export function bashScript(commands: readonly GrammarCommand[]): string {
  const first = [...commands.map(({ name }) => name), ...BARE_OPTIONS.map(({ word }) => word)];
  return [
    "# Completions of confab for bash: put this line into ~/.bashrc",
    '#   eval "$(confab completions bash)"',
    "_confab() {",
    "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} kind=words candidate",
    "  local -a words options",
    "  words=() options=() COMPREPLY=()",
    "  # Bash makes each = a word of its own.",
    "  if [[ $word == = ]]; then word=''",
    "  elif [[ $before == = && $COMP_CWORD -gt 1 ]]; then before=${COMP_WORDS[COMP_CWORD-2]}",
    "  fi",
    `  if [[ $COMP_CWORD -eq 1 ]]; then words=(${list(first)})`,
    "  else",
    "    case ${COMP_WORDS[1]} in",
    ...commands.flatMap(caseOf),
    "    esac",
    "  fi",
    "  if [[ $kind == -* && $word != -* ]]; then",
    "    compopt -o filenames 2>/dev/null",
    '    while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen "$kind" -- "$word")',
    "    return",
    "  fi",
    '  (( COMP_CWORD > 1 )) && [[ $word == -* || ( $kind == words && ${#words[@]} -eq 0 ) ]] && words=(${options[@]+"${options[@]}"})',
    '  for candidate in ${words[@]+"${words[@]}"}; do',
    '    [[ $candidate == "$word"* ]] && COMPREPLY+=("$candidate")',
    "  done",
    "  return 0",
    "}",
    "complete -F _confab confab",
  ].join("\n");
}

function caseOf({ name, options, operand }: GrammarCommand): string[] {
  const values = options.flatMap(({ word, value }) =>
    value === undefined ? [] : [{ word, setting: setting(value.choice) }]
  );
  const groups = Map.groupBy(values, (value) => value.setting);
  return [
    `      ${quote(name)})`,
    "        case $before in",
    ...[...groups].map(([setting, group]) =>
      `          ${group.map(({ word }) => quote(word)).join("|")}) ${setting} ;;`
    ),
    `          *) options=(${list(options.map(({ word }) => word))}); ${operandSetting(operand)} ;;`,
    "        esac ;;",
  ];
}

function setting(choice: Choice): string {
  switch (choice.kind) {
    case "words":
      return `words=(${list(choice.words)})`;
    case "files":
      return "kind=-f";
    case "folders":
      return "kind=-d";
    case "nothing":
      return "kind=nothing";
    default:
      return choice satisfies never;
  }
}

/** Offers the options if the operand cannot be completed. */
function operandSetting(choice: Choice): string {
  return choice.kind === "nothing" ? "kind=words" : setting(choice);
}

function list(words: readonly string[]): string {
  return words.map(quote).join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
