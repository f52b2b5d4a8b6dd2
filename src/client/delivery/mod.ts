/**
 * Message delivery over lossy links: each message is sent until it is acknowledged, and received once and in order.
 * Knows the protocol and the link, but not joins, names or views.
 * Outgoing: `message_intent.ts`, `sender.ts`, `send_queue.ts`, `pacer.ts`.
 * `kept_uploads.ts` has the files on their way, whose messages follow.
 * Incoming: `receive_cursor.ts`, `reorder_buffer.ts`, `message_gap.ts`, `missed_conversations.ts`.
 * @module
 */
export { ReorderBuffer } from "./reorder_buffer.ts";
export { Sender } from "./sender.ts";
