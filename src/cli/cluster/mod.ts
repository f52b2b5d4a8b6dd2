/**
 * Makes a server a part of a cluster, with the parts of `src/cluster`: the key, the log in etcd, the copy that a new server fetches, and
 * the links to the others.
 *
 * Start with `cluster_membership.ts`; `newcomer.ts` comes before it.
 *
 * @module
 */

export { ClusterMembership } from "./cluster_membership.ts";
export { type ClusterParts, openClusterParts } from "./cluster_parts.ts";
