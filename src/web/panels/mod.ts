/**
 * What opens over the messages or beside them on a click: the search, forms of moderators, devices, settings.
 *
 * `panel_loader.ts` is part of the page. It imports each other panel when the user first opens it; these share code only by
 * static imports. Unlike views, panels know the chat: they send commands by `PageChat.replies` and show the replies by the
 * sentences of `src/presentation`.
 *
 * @module
 */

export { PanelLoader } from "./panel_loader.ts";
