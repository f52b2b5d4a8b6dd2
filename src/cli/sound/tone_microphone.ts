/** A microphone without a device or a program: it hears a short tone each second. */

import type { Microphone, SoundBlock } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import { BLOCK_MS, BLOCK_SAMPLES, SAMPLE_RATE } from "../../client/voice/mod.ts";
import { BlockPacer } from "./block_pacer.ts";

const HERTZ = 1_000;
const PEAK = 0.5;
const TONE_BLOCKS = 100 / BLOCK_MS;
const PERIOD_BLOCKS = 1_000 / BLOCK_MS;

/** Returns a microphone with 100 ms of a tone of 1 kHz, and 900 ms of silence after it, at the pace of the clock. */
export function openTestTone(clock: Clock): Microphone {
  return {
    async *blocks(signal) {
      const pacer = new BlockPacer(clock, 0);
      let index = 0;
      for (await pacer.next(signal); !signal.aborted; await pacer.next(signal)) yield testBlock(index++);
    },
  };
}

function testBlock(index: number): SoundBlock {
  const peak = index % PERIOD_BLOCKS < TONE_BLOCKS ? PEAK : 0;
  // A block has a whole number of periods.
  const sample = (_: unknown, at: number) => peak * Math.sin(2 * Math.PI * HERTZ * at / SAMPLE_RATE);
  return Float32Array.from({ length: BLOCK_SAMPLES }, sample);
}
