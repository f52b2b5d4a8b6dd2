/**
 * The sound and pictures of calls: one WebSocket for each member, relayed to the others and never stored. `call_relay.ts` knows
 * who may connect, and `call_places.ts` the members of one call; `distant_members.ts` are those on another server. `media_connection.ts`
 * relays, `media_quota.ts` bounds what a member may send, and `read_pause.ts` slows down who sends more. The folder may not know the hub:
 * the core says whom to admit and to dismiss.
 *
 * @module
 */

export { CallRelay } from "./call_relay.ts";
export { MediaConnection } from "./media_connection.ts";
