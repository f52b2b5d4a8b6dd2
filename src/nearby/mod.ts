/**
 * Announces servers on the local network and finds them, by multicast DNS (RFC 6762) and service discovery (RFC 6763).
 * It knows nothing of the chat, the server or the command line. All packets are untrusted: `packet_guard.ts` limits
 * their number and cost, `dns_records.ts` validates them.
 * Read `discovery.ts` and `announcement.ts` first, then `finder.ts` and `announcer.ts`. The port `multicast_network.ts`
 * separates the protocol from the network; `deno_network.ts` implements it.
 *
 * @module
 */

export { announceNearby } from "./announcement.ts";
export { findNearby, listNearby } from "./discovery.ts";
export { chatsOf } from "./nearby_chats.ts";
export type { NearbyServer } from "./dns_records.ts";
