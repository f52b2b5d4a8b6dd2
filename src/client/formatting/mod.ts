/**
 * The markup of messages: emphasis, code, quotes, lists and links, from a text to blocks and parts.
 *
 * A message stays as it was typed on the wire and in the store. The terminal and the page ask for its blocks when they draw
 * it, with `formatText`, and draw them in their own way. Nothing here makes HTML.
 *
 * Read `formatted_text.ts` first (the blocks and parts), then `text_formatter.ts`, `markdown_parser.ts` and its rules.
 *
 * @module
 */

export type { TextBlock, TextPart } from "./formatted_text.ts";
export { formatText, textAsTyped } from "./text_formatter.ts";
