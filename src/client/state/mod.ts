/**
 * The state of a client as pure data: the rooms, members, restrictions and pending messages (`client_state.ts`, `room_state.ts`,
 * `conversation_state.ts`), how events change it (`client_state_reducer.ts`), the search for members in it (`member_lookup.ts`),
 * the reader's own state (`reader_state.ts`), and what marks or hides members (`known_names.ts`, `return_filter.ts`).
 * Sends nothing and has no timers.
 * @module
 */
export type { ClientState } from "./client_state.ts";
export { reduceClientState } from "./client_state_reducer.ts";
