/**
 * What the page tells others of its user besides messages: that no key is pressed. The user can turn it off.
 *
 * Start with `page_presence.ts`.
 *
 * @module
 */

export { PagePresence } from "./page_presence.ts";
