import type { Clock } from "../client/clock.ts";
import { GARBAGE_CHARS, GARBAGE_QUIET_MS } from "../protocol/limits.ts";

/**
 * Collects garbage after a flood of output and now and then during one: V8 alone would first let it grow to four times the
 * live memory. A terminal that prints little never collects.
 */
export class MemoryReclaimer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #collect: (() => void) | undefined;
  #chars = 0;
  /** Of `chars`, when it was last looked whether it is quiet. */
  #seen = 0;
  #watching = false;

  /** `collect` frees unused memory; `undefined` where the platform cannot be asked to. */
  constructor(clock: Clock, signal: AbortSignal, collect: (() => void) | undefined) {
    this.#clock = clock;
    this.#signal = signal;
    this.#collect = collect;
  }

  /** To be called after each write, with its UTF-16 units. */
  add(chars: number): void {
    this.#chars += chars;
    if (this.#chars >= GARBAGE_CHARS) this.#clear();
    if (!this.#watching && this.#chars >= GARBAGE_CHARS / 10) this.#watch();
  }

  #watch(): void {
    this.#watching = true;
    this.#seen = this.#chars;
    this.#clock.after(GARBAGE_QUIET_MS, () => this.#look(), this.#signal);
  }

  #look(): void {
    this.#watching = false;
    if (this.#chars !== this.#seen) this.#watch();
    else this.#clear();
  }

  #clear(): void {
    this.#chars = 0;
    this.#collect?.();
  }
}
