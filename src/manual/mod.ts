/**
 * The manual: Markdown pages, embedded in the executable, and their rendering for terminals and browsers.
 * The folder knows neither the chat nor the server. It renders text; others print or serve it.
 *
 * Read `topics.ts` first (the pages and how they are read), then `anchors.ts` (links and headings),
 * `terminal_page.ts` with `table_layout.ts` and `styled_text.ts`, and `html_page.ts`.
 *
 * Importing this file loads no Markdown parser: the two renderers load it, so import them when a page is needed.
 *
 * @module
 */

export { isTopic, readTopic, type Topic, TOPICS } from "./topics.ts";
