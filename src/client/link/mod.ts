/**
 * The link to the server: dialing, lines, heartbeat, and another attempt after each loss. Knows nothing of rooms and messages.
 * Read `server_link.ts` for one connection, `link_end.ts` for how it ends, `reconnector.ts` for one connection after another, and
 * `server_route.ts` for the choice among several servers.
 * @module
 */
export { Reconnector } from "./reconnector.ts";
export { ServerLink } from "./server_link.ts";
