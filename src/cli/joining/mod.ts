/**
 * Joining a server: from the arguments to a plan, from the plan to a client, and from the client to a terminal or a pipe.
 * It knows the server only by its address and its control socket.
 *
 * Start with `destination.ts` and `connect_plan.ts`, which are pure. `dialer.ts` and `tls_dialer.ts` open connections,
 * `open_client.ts` asks for a password, and `chat_here.ts` and `pipe.ts` run the client. `client_storage.ts`, `last_name.ts`,
 * `known_servers.ts` and `typed_lines.ts` keep state between runs. `owner_client.ts` acts as the owner of a server.
 *
 * @module
 */

export { planConnect } from "./connect_plan.ts";
export { createDialer } from "./dialer.ts";
