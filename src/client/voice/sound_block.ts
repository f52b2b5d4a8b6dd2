/** The form of sound in a call: blocks of 20 ms, one channel, 48 kHz. */

import type { SoundBlock } from "../calls/call_ports.ts";

export const SAMPLE_RATE = 48_000;
export const BLOCK_MS = 20;
export const BLOCK_SAMPLES = SAMPLE_RATE / 1_000 * BLOCK_MS;

export function silentBlock(): SoundBlock {
  return new Float32Array(BLOCK_SAMPLES);
}
