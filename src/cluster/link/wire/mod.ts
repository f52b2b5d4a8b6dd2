/**
 * One link between two servers. `sealed_frames.ts` has the keys, `sealed_channel.ts` the mutual proof of the cluster's key, `link_frames.ts` the
 * frames inside, and `cluster_link.ts` the link: requests, whose answers are in `answer_receiver.ts` and `answer_sender.ts`, and notes.
 *
 * @module
 */

export { LinkFault, RequestRefused } from "./link_fault.ts";
export { openClusterLink } from "./link_opener.ts";
export { ClusterLink, type LinkClock } from "./cluster_link.ts";
export { type LinkBytes, openSocketChannel } from "./socket_channel.ts";
