/**
 * What the page shows, without the document: conversations with their timelines, read marks, and what the browser stores.
 * Nothing here touches the DOM, so the tests run without a browser.
 *
 * Read `conversation.ts` and `timeline.ts` first, then `reactions.ts` (changes to messages), `conversations.ts`, `inbox.ts`,
 * `chat_notes.ts`, `message_actions.ts`, `reply_queue.ts`, `browser_storage.ts` and `device_users.ts`.
 *
 * @module
 */

export { Conversation } from "./conversation.ts";
export { Conversations } from "./conversations.ts";
export { Timeline } from "./timeline.ts";
