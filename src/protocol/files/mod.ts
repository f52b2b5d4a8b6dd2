/**
 * Rules for files that members send: their names on the wire and on any system, and the kinds of media that are found by
 * their first bytes. Start with `file_names.ts`.
 *
 * @module
 */

export { parseFileName, safeFileName } from "./file_names.ts";
export { type MediaType, mediaTypeOf } from "./media_types.ts";
