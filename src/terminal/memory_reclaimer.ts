import type { Clock } from "../client/clock.ts";
import { GARBAGE_CHARS, GARBAGE_QUIET_MS } from "../protocol/limits.ts";

/** Gives back to the system what nothing refers to. */
export type Collect = () => void;

/** V8's own; undefined where it was started without `--expose-gc`. */
export function v8Collect(): Collect | undefined {
  const { gc } = globalThis as { gc?: (options: Readonly<Record<string, string>>) => void };
  return gc && (() => gc({ type: "major", execution: "async", flavor: "last-resort" }));
}

/**
 * Has what was printed collected after a flood, and now and then within one: by itself V8 would let four times of what lives
 * pile up first. Whoever prints little never waits for it.
 */
export class MemoryReclaimer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #collect: Collect | undefined;
  #chars = 0;
  /** Of `chars`, when it was last looked whether it is quiet. */
  #seen = 0;
  #watching = false;

  constructor(clock: Clock, signal: AbortSignal, collect: Collect | undefined = v8Collect()) {
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
