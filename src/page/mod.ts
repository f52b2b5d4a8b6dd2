/**
 * Builds the server's documents for browsers: the chat page from `src/web`, and the pages of the manual from `src/manual`.
 * Each document holds all that it needs and comes with a `Content-Security-Policy` that allows nothing else.
 * The folder knows neither the chat nor the server, and nothing runs before the first request for a page.
 *
 * Read `page.ts` first, then `module_bundle.ts` (TypeScript → one script). It reads each module (`script_module.ts`), finds what
 * the page needs (`script_linker.ts`), names it (`script_names.ts`) and writes it (`script_writer.ts`). `manual_page.ts` and
 * `content_policy.ts` do not need it.
 *
 * @module
 */

export { buildManualPage } from "./manual_page.ts";
export { buildPage } from "./page.ts";
