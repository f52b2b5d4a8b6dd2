/**
 * A chat client without a user interface, for the terminal, the page and scripts: one object to send with, one stream of
 * events, and reconnects in between.
 *
 * ```ts
 * const client = new Client({ dial, name: "ada", acceptSuggestion: true, rooms: ["lobby"], onEvent: (event, state) => {} });
 * client.start();
 * client.send({ room: "lobby" }, "hello");
 * await client.drained();
 * await client.close();
 * ```
 *
 * `dial` opens a connection of any transport. The folder knows the protocol and the port of transports; it may not know
 * Deno, the DOM or the server, and it has no clock and no storage of its own.
 *
 * Start with `client.ts`, then `client_event.ts` and `state/client_state.ts`: they are all that a view needs.
 * `client_session.ts` is the conversation with the server: `event_receiver.ts` passes on what arrives, `session_link.ts` sends.
 * `link/` keeps one connection after another, `join/` joins the wanted rooms on each, `delivery/` sends and receives messages
 * once and in order, `devices/` admits and revokes the user's devices,
 * `ignored_members.ts` hides and blocks members, `presence/` says when the user is idle or writing, and `client_memory.ts` is the port for what is remembered
 * over restarts. `files/` sends and receives files beside the chat. `text/` and `formatting/` hold what views share about message texts.
 * @module
 */
export { Client } from "./client.ts";
export type { ClientOptions } from "./client_options.ts";
export type { ClientEvent, Status } from "./client_event.ts";
export type { ClientMemory } from "./client_memory.ts";
export type { ClientState } from "./state/client_state.ts";
