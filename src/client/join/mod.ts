/**
 * Joining: on each new link the client shows who it is, logs in, and joins its rooms, with the passwords that it needs.
 * `join_requests.ts` holds what is wanted. `join_flow.ts` sends it, by `key_prover.ts`, `login_flow.ts` and
 * `password_prompter.ts`. Knows the link, but not how messages are delivered.
 * @module
 */
export { JoinFlow } from "./join_flow.ts";
export { JoinRequests } from "./join_requests.ts";
