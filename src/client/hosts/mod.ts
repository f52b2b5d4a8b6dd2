/**
 * A client in a shared chat: it lets a server prove that it hosts the chat before it sends anything else. Clients that know no
 * key of a chat load nothing of it.
 *
 * Read `host_verifier.ts` first (what is checked, and what is remembered), then `host_gate.ts` (when, on a link).
 *
 * @module
 */

export { createHostGates } from "./host_gate.ts";
export type { HostMemory, KnownHosts } from "./host_verifier.ts";
