/**
 * The state of the terminal client that is not on the screen: rooms, unread messages, failed messages and settings.
 *
 * The models follow the client's events and perform commands on them. They know the client and the style of a line, but
 * neither keys nor the screen: they return sentences, or call back with them.
 *
 * Read `room_tabs.ts` first (the current room), then `unread.ts` and `attention.ts`, which decides what is shown when.
 * `message_changes.ts` and `failed_messages.ts` perform commands on messages, `confirmation.ts` asks before two of them.
 * `settings.ts` is the table of settings, `preferences.ts` their current values.
 *
 * @module
 */

export { Attention } from "./attention.ts";
export { RoomTabs } from "./room_tabs.ts";
export { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
