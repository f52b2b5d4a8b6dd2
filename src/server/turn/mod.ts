/**
 * The turns of the server. `tick_batcher.ts` gathers the frames that arrive in one turn of the event loop, and `dispatcher.ts` makes
 * ops of their commands. An order brings ops to `hub_machine.ts`, at once (`local_order.ts`) or in the place that several servers agree on.
 * The machine has the hub decide, and `effect_runner.ts` stores the effects in one batch, shows them and writes. `turn_runner.ts` connects them.
 * Queries run in slices between turns (`queries/`), password hashes on other
 * threads (`password_hasher.ts`). `secret_keeper.ts` keeps secrets out of the hub. This folder knows the core and the port of the store, but no sockets.
 * @module
 */

export { TurnRunner } from "./turn_runner.ts";
