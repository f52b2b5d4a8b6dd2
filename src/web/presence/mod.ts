/**
 * What the page tells others of its user besides messages: that no key is pressed, or that the user is writing. The user can
 * turn it off. And who else is writing.
 *
 * Start with `page_presence.ts`.
 *
 * @module
 */

export { PagePresence } from "./page_presence.ts";
