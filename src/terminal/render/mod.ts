/**
 * From events and state to lines of text with colours. Everything here is pure: no terminal, no clock, no input.
 *
 * The sentences come from `presentation`. This folder adds colours, times, columns and days, and draws messages. Text by
 * members passes through `sanitize` here, once.
 *
 * Read `view.ts` first (events to lines), then `line_style.ts`, `message_lines.ts` and `live_region.ts` (the rows below).
 *
 * @module
 */

export { show } from "./view.ts";
export { layOut } from "./live_region.ts";
