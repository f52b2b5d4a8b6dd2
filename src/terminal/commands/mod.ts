/**
 * Slash commands as the terminal client has them: the table of `presentation` with emoji names and the help of keys.
 *
 * Nothing here draws or sends: `chat.ts` performs the parsed input. There is one file, `terminal_commands.ts`.
 *
 * @module
 */

export { parseSlashInput, slashHelpLines } from "./terminal_commands.ts";
