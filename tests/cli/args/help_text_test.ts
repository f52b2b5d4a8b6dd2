import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { programName } from "../../../src/cli/args/command_spec.ts";
import { COMMAND_LIST } from "../../../src/cli/commands/command_list.ts";
import { commandHelp, programHelp } from "../../../src/cli/args/help_text.ts";
import { readArguments } from "../../../src/cli/args/arguments.ts";
import { SERVE } from "../../../src/cli/commands/serve.ts";

/** The default size of a terminal, with a line for the prompt. */
const SCREEN = { lines: 23, columns: 80 };

function assertFits(help: string, maxLines = SCREEN.lines + 2): void {
  const lines = help.split("\n");
  assert(lines.length <= maxLines, `The help has ${lines.length} lines`);
  for (const line of lines) assert(line.length <= SCREEN.columns + 40 && line === line.trimEnd(), line);
}

Deno.test("the help of the program lists every command, with examples of the most common ones", () => {
  const help = programHelp(COMMAND_LIST);
  assertFits(help);
  for (const [index, { name, summary, examples }] of COMMAND_LIST.entries()) {
    assertStringIncludes(help, `  ${name} `);
    assertStringIncludes(help, summary);
    if (index < 2) assertStringIncludes(help, `${programName()} ${examples[0]!.line}`);
  }
});

Deno.test("the help of a command names every option with its default, and the variables", () => {
  for (const command of COMMAND_LIST) {
    const help = commandHelp(command);
    // The options may need more than a screen; the text around them must stay short.
    assertFits(help, command.options.length + 14);
    for (const option of command.options) {
      const row = help.split("\n").find((line) => line.startsWith(`  --${option.name} `));
      assert(row !== undefined, option.name);
      assertStringIncludes(row, option.help);
      if (option.default !== undefined) assertStringIncludes(row, `default ${option.default}`);
      if (option.repeatable) assertStringIncludes(row, "may be repeated");
    }
    assertEquals(help.includes("CONFAB_"), command.options.length > 0);
    for (const { line } of command.examples) assertStringIncludes(help, `${programName()} ${line}`);
  }
});

Deno.test("the help texts of a command are aligned", () => {
  const rows = commandHelp(SERVE).split("\n").filter((line) => line.startsWith("  --"));
  const starts = rows.map((row) => /^ {2}\S+(?: \S+)? {2,}/.exec(row)![0].length);
  assertEquals(new Set(starts).size, 1);
});

Deno.test("every example of the help is accepted by its command", () => {
  for (const command of COMMAND_LIST) {
    for (const { line } of command.examples) {
      const [name, ...words] = line.replace(/ [<>|] .*$/, "").split(" ");
      assertEquals(name, command.name);
      readArguments(words, command, () => undefined);
    }
  }
});
