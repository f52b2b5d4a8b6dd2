/**
 * Message texts for views: mentions (`mention_segments.ts` by the words of `mentions.ts`), web addresses (`web_links.ts`),
 * colours of names (`name_color.ts`), and the message that a command refers to (`message_reference.ts`). Pure.
 * @module
 */
export { mentionSegments } from "./mention_segments.ts";
