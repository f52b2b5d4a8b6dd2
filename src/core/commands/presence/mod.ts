/**
 * What members see of each other besides messages: who is away or idle, and who is writing.
 *
 * Start with `away.ts`. `member_list.ts` lists the members of a room with it. `typist_signal.ts` stands alone.
 *
 * @module
 */

export { setAway, tellAway } from "./away.ts";
