/**
 * Acknowledgements: which message a member's `ref` became, for a day, so that a message sent again is not stored twice.
 * `acknowledgements.ts` buffers them, `ack_table.ts` stores them by generation, `ack_filter.ts` answers most lookups.
 *
 * @module
 */

export { Acknowledgements } from "./acknowledgements.ts";
