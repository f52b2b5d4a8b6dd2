/** The slash commands as tables of the manual: one for each topic of the help, and one for what differs between clients. */

import type { ClientKind, HelpTopic } from "../../src/presentation/commands/slash_command.ts";
import { SLASH_COMMANDS, usageOf } from "../../src/presentation/commands/slash_commands.ts";
import { code, escapeCell, fullStop, type GeneratedTable, sentence } from "./generated_table.ts";

/** The names that the manual uses for the clients. */
const CLIENTS: Readonly<Record<ClientKind, string>> = { terminal: "terminal", page: "browser", plain: "nc" };

export function slashTable(topic: HelpTopic): GeneratedTable {
  const rows = SLASH_COMMANDS.filter((command) => command.topic === topic).map((command) =>
    [
      code(usageOf("terminal", command)),
      `${sentence(command.summary)} ${escapeCell(command.details)}`,
      command.clients?.map((client) => CLIENTS[client]).join(", ") ?? "all",
    ] as const
  );
  return { head: ["Command", "What it does", "Clients"], rows };
}

export function variantTable(): GeneratedTable {
  const rows = SLASH_COMMANDS.flatMap((command) =>
    (["page", "plain"] as const).flatMap((client) => {
      const variant = command.variants?.[client];
      if (variant?.usage === undefined) return [];
      return [
        [
          code(usageOf("terminal", command)),
          CLIENTS[client],
          code(usageOf(client, command)),
          reasonCell(variant.reason),
        ] as const,
      ];
    })
  );
  return { head: ["In the terminal", "Client", "There", "Why"], rows };
}

/** `nc` stays in small letters. */
function reasonCell(reason: string): string {
  return reason.startsWith("nc ") ? fullStop(reason) : sentence(reason);
}
