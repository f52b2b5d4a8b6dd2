/**
 * The commands of the protocol, about one function for each. `command_table.ts` lists them with their cost and what the
 * sender must be. A command adds its effects to a `Turn`, and throws a `ProtocolError` before it changes anything.
 *
 * Read `command_table.ts` first, then `post.ts` and `join.ts`; `members` has the commands about who a member is, and
 * `moderation` those of moderators. They work on the state in the folder `state` beside this one, and know neither the
 * server nor how events are shown.
 *
 * @module
 */
export { runCommand } from "./command_table.ts";
