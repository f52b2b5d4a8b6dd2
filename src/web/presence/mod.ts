/**
 * What the page tells others of its user besides messages, unless a setting turns it off: that no key is pressed, or that the
 * user is writing. And who else is writing.
 *
 * Start with `page_presence.ts`.
 *
 * @module
 */

export { PagePresence } from "./page_presence.ts";
