/**
 * The turns of the server. `tick_batcher.ts` gathers the frames that arrive in one turn of the event loop, `dispatcher.ts` has
 * the hub decide on their commands, and `effect_runner.ts` stores the effects in one batch, shows them and writes; `query_answers.ts` answers what reads the store.
 * `turn_runner.ts` connects them. Queries run in slices between turns (`query_queue.ts`), password hashes on other
 * threads (`password_hasher.ts`). `secret_keeper.ts` keeps secrets out of the hub. This folder knows the core and the port of the store, but no sockets.
 * @module
 */

export { TurnRunner } from "./turn_runner.ts";
