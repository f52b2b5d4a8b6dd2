/**
 * The chat page in a browser. It runs the same client as the terminal, over a WebSocket, and knows neither Deno nor the server.
 * `src/page` packs `index.html`, its style sheets and `page_app.ts` with all that it imports into one document. What a module
 * imports on demand becomes a script of its own.
 *
 * Read `page_app.ts` first (it starts the page), then `page_session.ts` (one stay in the chat), `page_chat.ts` (events of the
 * client → conversations), `page_actions.ts` (typed lines and buttons → commands), `chat_screen.ts` (the views of the chat),
 * `device_linker.ts`, and the folders `model` (what the page shows), `views` (how it shows it), `panels` (what opens on a click),
 * `files` (what is sent beside the chat), `calls` and `presence` (what others see of the user).
 *
 * @module
 */

export { parsePageAddress } from "./page_address.ts";
export { PageActions } from "./page_actions.ts";
export { PageChat } from "./page_chat.ts";
