/** How loud sound is: in decibels below the loudest, and as a level from 0 to 1 for a meter. */

import type { SoundBlock } from "../calls/call_ports.ts";

/** The level of silence in decibels. */
export const SILENCE_DB = -100;
/** A meter shows nothing at this level, and all at the other one. */
const METER_FROM_DB = -60;
const METER_TO_DB = -10;
/** A meter falls by so much with each block: from full to nothing in half a second. */
const METER_FALL = 0.04;
/** A member speaks from this level on. */
const SPEAKS_FROM = 0.2;

/** Returns the root mean square in decibels, where a full square wave has 0. */
export function decibelsOf(block: SoundBlock): number {
  let sum = 0;
  for (const sample of block) sum += sample * sample;
  return Math.max(SILENCE_DB, 10 * Math.log10(sum / block.length));
}

/** Returns a level from 0 to 1. */
export function levelOf(block: SoundBlock): number {
  return Math.min(1, Math.max(0, (decibelsOf(block) - METER_FROM_DB) / (METER_TO_DB - METER_FROM_DB)));
}

/** The level of one voice: it rises at once, and falls slowly, so that it can be read. */
export class SoundMeter {
  #level = 0;

  /** From 0 to 1. */
  get level(): number {
    return this.#level;
  }

  get speaks(): boolean {
    return this.#level >= SPEAKS_FROM;
  }

  /** Takes the next 20 ms. `undefined`: silence. */
  add(block: SoundBlock | undefined): void {
    this.#level = Math.max(block === undefined ? 0 : levelOf(block), this.#level - METER_FALL, 0);
  }
}
