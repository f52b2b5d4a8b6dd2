/**
 * Sentences: the text of events for users of any client.
 *
 * `eventText` returns the lines of an event. Names, rooms and other text by members pass through the client's `Markup`,
 * which colours and sanitises them. Messages themselves are drawn by each client.
 *
 * Read `markup.ts` first, then `event_text.ts`, then the sentences of the topic you need.
 *
 * @module
 */

export { eventText } from "./event_text.ts";
export type { Markup, Reader } from "./markup.ts";
