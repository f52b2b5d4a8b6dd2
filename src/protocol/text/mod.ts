/**
 * Rules for texts: the grammar of names and rooms and which of them look alike, emoji, search queries, durations, the
 * byte length of a text, and the removal of whatever could act on a terminal. Begin with `names.ts` and `sanitize.ts`.
 *
 * @module
 */
export { parseName, parseRoom } from "./names.ts";
