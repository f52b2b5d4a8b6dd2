/**
 * Files of messages: slots for uploads, and permission to read. The bytes never reach the core.
 * Start with `file_commands.ts`.
 *
 * @module
 */

export { fetch, offer } from "./file_commands.ts";
