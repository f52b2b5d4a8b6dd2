/**
 * What members see of each other besides messages: who is away or idle.
 *
 * Start with `away.ts`. `member_list.ts` lists the members of a room with it.
 *
 * @module
 */

export { setAway, tellAway } from "./away.ts";
