/**
 * The markup of messages: emphasis, code, quotes, lists and links, from a text to blocks and parts.
 *
 * On the wire and in the store a message is as typed. When the terminal or the page draws it, `formatText` returns its
 * blocks, and each draws them in its own way. Nothing here makes HTML.
 *
 * Read `formatted_text.ts` first (the blocks and parts), then `text_formatter.ts`, `markdown_parser.ts` and its rules.
 *
 * @module
 */

export type { TextBlock, TextPart } from "./formatted_text.ts";
export { formatText, textAsTyped } from "./text_formatter.ts";
