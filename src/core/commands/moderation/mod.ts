/**
 * The commands of moderators and owners: restrictions, roles, and the end of rooms and accounts.
 *
 * Start with `moderate.ts`.
 *
 * @module
 */

export { ban, kick, lock, lockdown, mute, slow } from "./moderate.ts";
