/**
 * The link to the server: dialing, lines, heartbeat, and another attempt after each loss. Knows nothing of rooms and messages.
 * Read `server_link.ts` for one connection, `link_end.ts` for how it ends, and `reconnector.ts` for one connection after another.
 * @module
 */
export { Reconnector } from "./reconnector.ts";
export { ServerLink } from "./server_link.ts";
