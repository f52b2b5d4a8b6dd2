/** The slash commands of each client, in one table. */

import { PlainText } from "../../src/framing/plain/plain_text.ts";
import { HELP_TOPICS, slashHelpLines } from "../../src/terminal/commands/slash_commands.ts";
import { code, type GeneratedTable, sentence } from "./generated_table.ts";

export function slashTable(): GeneratedTable {
  const help = ["", ...HELP_TOPICS].flatMap((topic) => slashHelpLines(topic)).join("\n");
  const rows = entries(help, "  /").map(([usage, what]) => [code(usage), sentence(what)] as const);
  return { head: ["Command", "What it does"], rows };
}

export function plainTable(): GeneratedTable {
  const help = new PlainText().decode("/help").reply!;
  return {
    head: ["Command", "What it does"],
    rows: entries(help, "* /").map(([usage, what]) => [code(usage), sentence(what)] as const),
  };
}

function entries(help: string, start: string): [usage: string, what: string][] {
  const lines = help.split("\n").filter((line) => line.startsWith(start));
  return lines.map((line) => {
    const [usage, what = ""] = line.slice(2).split(/ {2,}/);
    return [usage!, what];
  });
}
