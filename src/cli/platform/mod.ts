/**
 * The operating system: environment, signals, terminal, private files, network interfaces, the user's editor and pager,
 * and the programs of cameras and sound.
 * It knows neither options nor the chat.
 *
 * Start with `program.ts` and `standard_io.ts`. `system_errors.ts` explains errors of the system to the user.
 *
 * @module
 */

export { readVariable, VERSION } from "./program.ts";
export { explain } from "./system_errors.ts";
