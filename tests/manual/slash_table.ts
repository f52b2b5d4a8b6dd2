/** The slash commands of each client as tables of the manual. */

import { commandsFor } from "../../src/presentation/commands/command_help.ts";
import type { ClientKind } from "../../src/presentation/commands/slash_command.ts";
import { code, type GeneratedTable, sentence } from "./generated_table.ts";

export function slashTable(client: ClientKind): GeneratedTable {
  const rows = commandsFor(client).map(({ usage, summary, details }) =>
    [code(usage), `${sentence(summary)} ${sentence(details)}`] as const
  );
  return { head: ["Command", "What it does"], rows };
}
