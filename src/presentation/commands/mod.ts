/**
 * Slash commands: one table for all clients, split by topic, with the parser and the help that are made from it.
 *
 * A command names the clients that have it. Where a client writes a command differently, a variant gives its usage and
 * the reason. To add a command, add one entry to the file of its topic.
 *
 * Read `slash_command.ts` first, then `slash_commands.ts`, then the topic you need.
 *
 * @module
 */

export { parseSlashLine } from "./slash_commands.ts";
export type { SlashInput } from "./slash_input.ts";
