/**
 * The user's configuration file: reading, checking, and writing single settings.
 * It must not prevent a chat: invalid entries are reported and ignored.
 *
 * Start with `config_file.ts`; `config_entries.ts` holds the keys with their schemas.
 *
 * @module
 */

export { type Config, readConfig } from "./config_file.ts";
