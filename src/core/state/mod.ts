/**
 * The state of a running chat: sessions, members, rooms, accounts, invites, restrictions and roles, with their quotas.
 * `registry.ts` holds all of them. Nothing here sends an event; commands do.
 *
 * Read `registry.ts` first, then `members/member.ts`, `members/session.ts` and `room.ts`. `ranks.ts` decides who may act on whom.
 *
 * @module
 */
export { Registry } from "./registry.ts";
