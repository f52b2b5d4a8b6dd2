/**
 * The host's side of the copies of a shared chat. `copy_connection.ts` is the WebSocket of one follower, `follower.ts` decides what it
 * gets, `copy_share.ts` what it may have, and `held_effects.ts` shows what a turn has done only after one follower has stored it.
 * `copy_desk.ts` has all followers. `host_answers.ts` tells clients who hosts, and proves it; `chat_host.ts` puts all of this together.
 * The folder does not decide who hosts next.
 *
 * @module
 */

export { CopyDesk } from "./copy_desk.ts";
export type { HostedOptions } from "./hosted_options.ts";
