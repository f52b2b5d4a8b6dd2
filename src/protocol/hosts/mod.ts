/**
 * Hosts of a shared chat, as data: who owns the chat, who may host it, and what a host signs to prove that it does. It makes
 * no key and checks no signature: `src/identity` does, and the results come in as arguments.
 *
 * A shared chat has a key of its own, which signs one statement and is then thrown away. Everything else follows from that
 * statement. Read `roster_statement.ts` first, then `roster.ts`, `term.ts` and `host_proof.ts`.
 * `candidate_answer.ts` is how candidates tell their state, and `copy_messages.ts` has what a host and its followers send each other about copies.
 *
 * @module
 */

export type { Roster } from "./roster.ts";
export type { RosterStatement } from "./roster_statement.ts";
export { COPY_PATH, parseFollowerMessage, parseHostMessage } from "./copy_messages.ts";
