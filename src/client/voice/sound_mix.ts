/** Adds blocks of sound, and fades between them. */

import type { SoundBlock } from "../calls/call_ports.ts";
import { BLOCK_SAMPLES, silentBlock } from "./sound_block.ts";

/** Up to here a sum stays as it is. Above, it approaches 1 ever more slowly, so that nothing clips. */
const LINEAR_UP_TO = 0.7;

/** Returns the sum of all blocks, with every sample from -1 to 1. Silence if there is none. */
export function mixBlocks(blocks: readonly SoundBlock[]): SoundBlock {
  const mixed = silentBlock();
  for (const block of blocks) {
    for (let index = 0; index < BLOCK_SAMPLES; index++) mixed[index]! += block[index]!;
  }
  return blocks.length > 1 ? mixed.map(softened) : mixed;
}

function softened(sample: number): number {
  const size = Math.abs(sample);
  if (size <= LINEAR_UP_TO) return sample;
  const room = 1 - LINEAR_UP_TO;
  return Math.sign(sample) * (LINEAR_UP_TO + room * Math.tanh((size - LINEAR_UP_TO) / room));
}

/** Returns a block that begins as `from` and ends as `to`. */
export function crossFade(from: SoundBlock, to: SoundBlock): SoundBlock {
  return from.map((sample, index) => sample + (to[index]! - sample) * index / BLOCK_SAMPLES);
}

export function fadeOut(block: SoundBlock): SoundBlock {
  return crossFade(block, silentBlock());
}
