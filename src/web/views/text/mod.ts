/**
 * The texts of messages: their blocks as elements (`text_nodes.ts`), and what is copied from these (`copied_text.ts`).
 * Text enters the document only by `dom.ts`, never as HTML.
 *
 * @module
 */

export { blockNodes, partNodes } from "./text_nodes.ts";
