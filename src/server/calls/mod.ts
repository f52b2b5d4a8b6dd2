/**
 * The sound and pictures of calls: one WebSocket for each member, relayed to the others and never stored. `call_relay.ts` knows
 * who may connect, `media_connection.ts` relays, `media_quota.ts` bounds what a member may send,
 * and `read_pause.ts` slows down who sends more. The folder may not know the hub: the core says whom to admit and to dismiss.
 *
 * @module
 */

export { CallRelay } from "./call_relay.ts";
export { MediaConnection } from "./media_connection.ts";
