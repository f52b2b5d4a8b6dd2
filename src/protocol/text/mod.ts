/**
 * Rules for texts: the grammar and the look-alikes of names, joiners, emoji, search queries, durations, the byte length of a
 * text, and the removal of characters that control a terminal. Start with `names.ts` and `sanitize.ts`.
 *
 * @module
 */
export { parseName, parseRoom } from "./names.ts";
