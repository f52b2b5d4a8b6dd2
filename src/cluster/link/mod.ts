/**
 * Links between the servers of one cluster. `wire/` has the frames, the mutual proof
 * of the cluster's key, and a link with requests, streamed answers and notes. On top, `cluster_links.ts` keeps one link to each other
 * server, and `linked_blobs.ts` and `snapshot_fetch.ts` use them. Channels, clock and chance are arguments: nothing here opens a socket.
 *
 * @module
 */

export { askRemoval, askSecrets, askStatus, type ClusterAdmin } from "./admin_requests.ts";
export { ClusterLinks, type ClusterLinksOptions, type LinkReport, type SnapshotSource } from "./cluster_links.ts";
export type { DialServer } from "./link_dialer.ts";
export { dialAsNewcomer, fetchSnapshot } from "./snapshot_fetch.ts";
