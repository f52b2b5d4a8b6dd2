/**
 * What the chat knows while it runs: sessions, members, rooms, accounts, invites, restrictions and roles, with the quotas
 * of each. `registry.ts` holds all of them. Nothing here sends an event: commands do.
 *
 * Read `registry.ts` first, then `member.ts`, `room.ts` and `session.ts`; `ranks.ts` says who may act on whom.
 *
 * @module
 */
export { Registry } from "./registry.ts";
