/**
 * Builds the server's documents for browsers: the chat page from `src/web`, and the pages of the manual from `src/manual`.
 * Each document comes with a `Content-Security-Policy` that allows only its own scripts and styles. The chat page holds what every
 * user needs; what its modules import on demand is in scripts of their own.
 * The folder knows neither the chat nor the server, and nothing runs before the first request for a page.
 *
 * Read `page.ts` first, then `module_bundle.ts` (TypeScript → scripts). It reads each module (`script_module.ts`), finds what its
 * names mean (`script_linker.ts`) and which script needs it (`script_splitter.ts`), names it (`script_names.ts`) and writes it
 * (`script_writer.ts`, `script_parts.ts`). `manual_page.ts` and `content_policy.ts` do not need it.
 *
 * @module
 */

export { buildManualPage } from "./manual_page.ts";
export { buildPage } from "./page.ts";
