/** Hands over blocks at the pace of a clock. */

import type { Clock } from "../../client/clock.ts";
import { BLOCK_MS } from "../../client/voice/mod.ts";

/** A receiver that is so far behind has stopped for a while: what it missed is not made up for. */
const BEHIND_MS = 100;

/** One block each 20 ms, and at most `aheadMs` of sound before its time. */
export class BlockPacer {
  readonly #clock: Clock;
  readonly #aheadMs: number;
  /** When the next block is heard, if nothing delays it. */
  #heardAt: number | undefined;

  constructor(clock: Clock, aheadMs: number) {
    this.#clock = clock;
    this.#aheadMs = aheadMs;
  }

  /** Resolves when the next block is due, or `signal` is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    if (this.#heardAt === undefined || now - this.#heardAt > BEHIND_MS) this.#heardAt = now;
    const wait = this.#heardAt - this.#aheadMs - now;
    this.#heardAt += BLOCK_MS;
    if (wait > 0) await waitFor(this.#clock, wait, signal);
  }
}

/** Resolves after that time, or when `signal` is aborted. */
export function waitFor(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const over = new AbortController();
  const end = () => {
    over.abort();
    resolve();
  };
  if (signal.aborted) return Promise.resolve();
  signal.addEventListener("abort", end, { signal: over.signal });
  clock.after(ms, end, over.signal);
  return promise;
}
