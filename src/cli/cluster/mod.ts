/**
 * A server's part in a cluster: the key, the log in etcd, the copy that a new server fetches, and the links to the others. It puts
 * together what `src/cluster` has.
 *
 * Start with `cluster_membership.ts`; `newcomer.ts` comes before it.
 *
 * @module
 */

export { ClusterMembership } from "./cluster_membership.ts";
export { type ClusterParts, openClusterParts } from "./cluster_parts.ts";
