/**
 * Monitoring for the operator, and upkeep of the process and the store.
 * `statistics.ts` counts, `log_events.ts` names the log's events, `process_load.ts` and `process_memory.ts` watch the process, `maintenance.ts` maintains the store in small steps.
 * It knows no peer and no room.
 * @module
 */

export { type Log, LOG_EVENTS } from "./log_events.ts";
export { type Snapshot, Statistics } from "./statistics.ts";
