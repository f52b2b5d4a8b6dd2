/**
 * The other servers of a cluster, as this one needs them: `server_links.ts` is the port, and `link_connection.ts` hands an accepted
 * WebSocket of the path `/cluster` to it; `signal_notes.ts` passes signals on. The folder knows no keys and no requests: `src/cluster/link` implements the port, and only
 * `cli` chooses it.
 *
 * @module
 */

export { LinkConnection } from "./link_connection.ts";
export type { FrameChannel, FrameSink, LinkNote, ServerLinks } from "./server_links.ts";
