/**
 * Full-text search with FTS5. `search_index.ts` indexes stored messages in steps, `search_reader.ts` finds them.
 * Both normalise texts with `history/search_words.ts`, as the store in memory does, so all stores find the same messages.
 *
 * @module
 */

export { SearchIndex } from "./search_index.ts";
export { SearchReader } from "./search_reader.ts";
