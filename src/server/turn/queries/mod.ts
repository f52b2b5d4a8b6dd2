/**
 * Commands that read much. `query_queue.ts` runs them in slices between turns, `query_pace.ts` bounds those that are on their way
 * through an order, and `query_answers.ts` reads their answers from the store. The folder may not know the hub.
 *
 * @module
 */

export { QueryAnswers } from "./query_answers.ts";
export { QueryPace } from "./query_pace.ts";
export { QueryQueue } from "./query_queue.ts";
