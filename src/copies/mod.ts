/**
 * The follower's side of the copies of a shared chat: `copy_taker.ts` says what the copy has, stores what the host sends, and confirms
 * it; `copied_batch.ts` checks what comes. The folder knows the port of the history and no socket, and nothing of who hosts next.
 *
 * @module
 */

export { CopyTaker } from "./copy_taker.ts";
