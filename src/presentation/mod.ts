/**
 * The commands and sentences of all clients: the terminal client, the page in a browser, and nc or telnet.
 * One table of slash commands parses typed lines and prints the help. One set of sentences turns events into text.
 *
 * This folder knows only `protocol`. It draws nothing: each client passes its colours, times and escaping.
 *
 * Start with `commands/slash_command.ts` (the shape of an entry) and `commands/slash_commands.ts` (parser and help),
 * then read `sentences/markup.ts` and `sentences/event_text.ts`.
 *
 * @module
 */

export { parseSlashLine } from "./commands/slash_commands.ts";
export { commandsFor, helpText } from "./commands/command_help.ts";
export { eventText } from "./sentences/event_text.ts";
