/**
 * Who hosts a shared chat next, as a decision without sockets and clocks: `succession.ts` is the state of one candidate,
 * `candidate_view.ts` what candidates tell each other. `src/cli/hosts` performs the actions.
 *
 * @module
 */

export { Succession } from "./succession.ts";
