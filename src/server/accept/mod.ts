/**
 * Accepts connections and decides which are admitted: limits of the server, of each address, of memory and of descriptors.
 * It knows nothing about the frames of a connection. Read `acceptor.ts`, then `admission.ts` and `address_limits.ts`.
 * @module
 */

export { Acceptor } from "./acceptor.ts";
