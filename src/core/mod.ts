/**
 * The chat itself: sessions, members, rooms, and the rules of who may do what. A command and the time go in, effects come
 * out. It knows no runtime, no clock and no `await`, and its ids follow from a seed, so that it can be replayed and simulated.
 *
 * Fields of the state are `private` without a `#`: an image of the hub has all of them, and another server goes on from it (`image/`).
 *
 * Read `effect.ts` and `hub_command.ts` first, then `hub.ts` and `turn.ts`, then `commands/command_table.ts`.
 *
 * @module
 */
export type { Effect } from "./effect.ts";
export { Hub } from "./hub.ts";
