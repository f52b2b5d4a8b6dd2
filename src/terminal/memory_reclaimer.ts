import type { Clock } from "../client/clock.ts";
import { GARBAGE_CHARS, GARBAGE_QUIET_MS } from "../protocol/limits.ts";

/**
 * Runs the garbage collector after much output, and from time to time during it: V8 alone would let the heap grow to
 * four times the live memory. A terminal that prints little never runs it.
 */
export class MemoryReclaimer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #collect: (() => void) | undefined;
  #chars = 0;
  /** The value of `#chars` at the last check for quiet. */
  #charsAtCheck = 0;
  #watching = false;

  /** `collect` frees unused memory; `undefined` if the platform has no function for it. */
  constructor(clock: Clock, signal: AbortSignal, collect: (() => void) | undefined) {
    this.#clock = clock;
    this.#signal = signal;
    this.#collect = collect;
  }

  /** Call it after each write, with its length in UTF-16 units. */
  add(chars: number): void {
    this.#chars += chars;
    if (this.#chars >= GARBAGE_CHARS) this.#reclaim();
    if (!this.#watching && this.#chars >= GARBAGE_CHARS / 10) this.#watch();
  }

  #watch(): void {
    this.#watching = true;
    this.#charsAtCheck = this.#chars;
    this.#clock.after(GARBAGE_QUIET_MS, () => this.#check(), this.#signal);
  }

  #check(): void {
    this.#watching = false;
    if (this.#chars !== this.#charsAtCheck) this.#watch();
    else this.#reclaim();
  }

  #reclaim(): void {
    this.#chars = 0;
    this.#collect?.();
  }
}
