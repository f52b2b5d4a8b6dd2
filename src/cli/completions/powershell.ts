/**
 * The completion script for PowerShell 5.1 (part of Windows) and later. If it offers nothing,
 * PowerShell completes files.
 */

import { BARE_OPTIONS, type Choice, type GrammarCommand } from "./completion_grammar.ts";

export function powershellScript(commands: readonly GrammarCommand[]): string {
  return [
    "# Completions of confab for PowerShell: put this line into the file that $PROFILE names",
    "#   confab completions powershell | Out-String | Invoke-Expression",
    "Register-ArgumentCompleter -Native -CommandName 'confab', 'confab.exe' -ScriptBlock {",
    "  param($word, $line, $position)",
    "  $commands = [ordered]@{",
    ...commands.map(({ name, summary }) => `    ${quote(name)} = ${quote(summary)}`),
    ...BARE_OPTIONS.map(({ word, help }) => `    ${quote(word)} = ${quote(help)}`),
    "  }",
    "  $options = @{",
    ...commands.map(({ name, options }) =>
      `    ${quote(name)} = ${table(options.map((o) => [o.word, quote(o.help)]))}`
    ),
    "  }",
    "  # The choices for the value of each option, empty if they are unknown; the key '' has those of the operand.",
    "  $values = @{",
    ...commands.map((command) => `    ${quote(command.name)} = ${table(valuesOf(command))}`),
    "  }",
    '  $typed = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { "$_" })',
    "  $found = [ordered]@{}",
    "  if ($typed.Count -le 1) { $found = $commands }",
    "  elseif ($options.ContainsKey($typed[1])) {",
    "    $own = $options[$typed[1]]; $lists = $values[$typed[1]]",
    "    $before = if ($typed.Count -gt 2) { $typed[-1] } else { '' }",
    "    $named = if ($lists.Contains($before)) { $before } else { '' }",
    "    if ($named -eq '' -and \"$word\".StartsWith('-')) { $found = $own }",
    "    elseif ($lists.Contains($named)) { foreach ($value in $lists[$named]) { $found[$value] = $value } }",
    "    else { $found = $own }",
    "  }",
    '  $found.GetEnumerator() | Where-Object { $_.Key.StartsWith("$word") } | ForEach-Object {',
    "    [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterValue', $_.Value)",
    "  }",
    "}",
  ].join("\n");
}

function valuesOf({ options, operand }: GrammarCommand): [string, string][] {
  const values = options.flatMap(({ word, value }): [string, string][] =>
    value === undefined ? [] : [[word, list(value.choice)]]
  );
  return operand.kind === "nothing" ? values : [...values, ["", list(operand)]];
}

function list(choice: Choice): string {
  return `@(${choice.kind === "words" ? choice.words.map(quote).join(", ") : ""})`;
}

function table(entries: readonly (readonly [string, string])[]): string {
  return `[ordered]@{ ${entries.map(([key, value]) => `${quote(key)} = ${value}`).join("; ")} }`;
}

/** PowerShell also treats typographic quotes. */
function quote(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
}
