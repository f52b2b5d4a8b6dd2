/**
 * Sound of a call between the devices and the link: blocks of 20 ms. The terminal and the page use it alike. It may not know
 * Deno, the document, Opus, or the link.
 *
 * `sound_block.ts` is the form of all sound.
 *
 * @module
 */

export { BLOCK_MS, BLOCK_SAMPLES, SAMPLE_RATE, silentBlock } from "./sound_block.ts";
