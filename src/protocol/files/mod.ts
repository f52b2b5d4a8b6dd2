/**
 * Rules for files that members send: their names on the wire and on any system, and what their first bytes tell: the kind
 * of media, and the size of a picture. Start with `file_names.ts`.
 *
 * @module
 */

export { parseFileName, safeFileName } from "./file_names.ts";
export { type MediaType, mediaTypeOf } from "./media_types.ts";
