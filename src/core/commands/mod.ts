/**
 * One function for each command of the protocol. `command_table.ts` lists them with their cost and with what the sender
 * must be. A command throws a `ProtocolError` before it changes anything.
 *
 * Read `command_table.ts` first, then `post.ts` and `join.ts`. State is in the folder `state` beside this one.
 *
 * @module
 */
export { runCommand } from "./command_table.ts";
