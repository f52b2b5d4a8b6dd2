/**
 * Files of messages: slots for uploads, and permission to read. The bytes never reach the core.
 * Start with `offer.ts`.
 *
 * @module
 */

export { fetch } from "./fetch.ts";
export { offer } from "./offer.ts";
export { passOn } from "./straight_transfer.ts";
