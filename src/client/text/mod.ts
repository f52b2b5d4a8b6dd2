/**
 * Message texts for views: links and mentions (`text_segments.ts`, which joins `web_links.ts` and `mentions.ts`), colours of names (`name_color.ts`), and the message that a
 * command refers to (`message_reference.ts`). Pure.
 * @module
 */
export { segmentsOf } from "./text_segments.ts";
