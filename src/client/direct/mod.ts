/**
 * Straight transfers: a file goes from one member's machine to another's, and the server only passes on what the two clients
 * say to each other. Start with `straight_transfers.ts`: it offers, accepts and follows the steps of each transfer
 * (`step_queue.ts`). The sender listens and serves the file by HTTP (`file_share.ts`); the receiver fetches it as it
 * fetches files from the server.
 *
 * @module
 */

export type { StraightOffer } from "./straight_offers.ts";
export { StraightTransfers } from "./straight_transfers.ts";
export type { StraightPorts } from "./straight_ports.ts";
