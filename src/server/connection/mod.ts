/**
 * One connection from its first byte to its end. `connection_router.ts` detects the dialect and hands the connection to one
 * owner: a chat peer (`peer.ts`) or an HTTP exchange (`http_connection.ts`), which may hand it on as a WebSocket.
 * `accepted_connection.ts` has the outbox and the orderly end that all owners share. A new kind of stream is a new owner.
 * This folder knows the codecs. It knows neither rooms nor the store.
 * @module
 */

export { AcceptedConnection, type ConnectionOwner } from "./accepted_connection.ts";
export { ConnectionRouter } from "./connection_router.ts";
export { Peer } from "./peer.ts";
