/**
 * The state of the terminal client that is not on the screen: rooms and conversations, unread messages, failed messages and settings.
 *
 * The models follow the client's events and perform commands on them. They know the client and the style of a line, but
 * neither keys nor the screen: they return sentences, or call back with them.
 *
 * Read `place_tabs.ts` first (the current room or conversation), then `unread.ts` and `attention.ts`, which decides what is shown when. `new_messages.ts` says where the
 * new ones begin.
 * `message_changes.ts` and `failed_messages.ts` perform commands on messages, `confirmation.ts` asks before two of them.
 * `settings.ts` is the table of settings, `preferences.ts` their current values.
 *
 * @module
 */

export { Attention } from "./attention.ts";
export { PlaceTabs } from "./place_tabs.ts";
export { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
