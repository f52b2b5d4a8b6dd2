/**
 * Brings entries of another order of the same chat into this one: two halves of a shared chat went on without each other, and one of
 * them now follows the other's host. The server has checked the signatures. Nothing here knows where the entries come from.
 *
 * Start with `merge.ts`.
 *
 * @module
 */

export { merge, type MergedPage, type MergedPlace } from "./merge.ts";
