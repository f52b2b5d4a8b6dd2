/**
 * One file for each command, which exports its `CommandSpec`. `command_list.ts` lists them all, and
 * `../command_loader.ts` loads the one that a start needs.
 *
 * A command loads with `await import` what only it needs, so that the others start without it. Larger commands use
 * `joining/` or `hosting/`, `top` and `doctor` have folders of their own, and the commands about the
 * devices of calls are in `calls/`; `import_line.ts` is a part of `import`.
 *
 * @module
 */

export { COMMAND_LIST } from "./command_list.ts";
