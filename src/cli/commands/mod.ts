/**
 * One file for each command, which exports its `CommandSpec`. `command_list.ts` lists them all.
 *
 * A command loads with `await import` what only it needs, so that the others start without it. Larger commands use
 * `joining/` or `hosting/`; `import_line.ts`, `scrape.ts` and `top_view.ts` are parts of `import` and `top`.
 *
 * @module
 */

export { COMMAND_LIST } from "./command_list.ts";
