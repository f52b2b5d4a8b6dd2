/**
 * What a call shows: `call_strip.ts` for a call that the user is in, `call_bar.ts` for one that they are not in, and
 * `ring_dialog.ts` with `ring_tone.ts` while somebody calls them. Views know no connection and no devices.
 *
 * @module
 */

export { CallBar } from "./call_bar.ts";
export { CallStrip } from "./call_strip.ts";
export { RingDialog } from "./ring_dialog.ts";
