/**
 * Message texts for views: links and mentions (`text_segments.ts`), colours of names (`name_color.ts`), and the message that a
 * command refers to (`message_reference.ts`). Pure.
 * @module
 */
export { segmentsOf } from "./text_segments.ts";
