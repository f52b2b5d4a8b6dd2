/**
 * One link between two servers. `sealed_frames.ts` has the keys, `sealed_channel.ts` the mutual proof of the cluster's key, `link_frames.ts` the
 * frames inside, and `server_link.ts` the link: requests, whose answers are in `incoming_answer.ts` and `outgoing_answer.ts`, and notes.
 *
 * @module
 */

export { LinkFault, RequestRefused } from "./link_fault.ts";
export { openLink } from "./link_opener.ts";
export { type LinkClock, ServerLink } from "./server_link.ts";
export { type LinkBytes, openSocketChannel } from "./socket_channel.ts";
