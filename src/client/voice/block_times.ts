/** The times that the sender gives to blocks of a microphone. */

import { BLOCK_MS } from "./sound_block.ts";

/** A block that comes so much later than it should follows a pause of the microphone. */
const PAUSE_MS = 200;
const WRAP = 2 ** 32;

/**
 * Blocks come from a program in bursts, but follow each other without a gap: so their times do, and only drift slowly after
 * the clock.
 */
export class BlockTimes {
  #next: number | undefined;

  /** Returns the time of a block that comes `now`, in whole milliseconds modulo 2^32. It never goes back. */
  next(now: number): number {
    const due = this.#next;
    const time = due === undefined || now - due > PAUSE_MS ? now : due;
    this.#next = time + BLOCK_MS + Math.max(-1, Math.min(1, (now - time) / 50));
    return Math.floor(time) % WRAP;
  }
}
