/**
 * The terminal client: from key presses and a client's events to lines on the screen.
 *
 * It may not know sockets, the server or the core. It imports `client`, `presentation` and `protocol`, and is used by `cli`.
 *
 * Read `app.ts` first: it connects keys, chat and screen. `chat.ts` turns typed lines into commands and `event_display.ts`
 * turns events into lines; both work without a screen, which `plain/` uses. `external_editor.ts` lends the terminal to an
 * editor. Then the folders: `model/` (rooms, unread messages, settings), `commands/` (slash commands), `input/` (keys and the
 * input line), `files/` (sending and saving files), `render/` (events as lines) and `screen/` (lines and the live region on a terminal). `dashboard/` shows the
 * figures of a server.
 *
 * @module
 */

export { runTerminal, type TerminalOptions } from "./app.ts";
export { Chat } from "./chat.ts";
export type { ChatClient, ChatOptions } from "./chat_options.ts";
