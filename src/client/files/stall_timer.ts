import type { Clock } from "../clock.ts";

/** Calls back once if it is not touched for a time. Disposing of it stops it. */
export class StallTimer implements Disposable {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #onStall: () => void;
  readonly #stopped = new AbortController();
  #touchedAt: number;

  constructor(clock: Clock, ms: number, onStall: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#onStall = onStall;
    this.#touchedAt = clock.now();
    this.#wait(ms);
  }

  touch(): void {
    this.#touchedAt = this.#clock.now();
  }

  [Symbol.dispose](): void {
    this.#stopped.abort();
  }

  #wait(ms: number): void {
    this.#clock.after(ms, () => {
      const left = this.#touchedAt + this.#ms - this.#clock.now();
      if (left > 0) this.#wait(left);
      else this.#onStall();
    }, this.#stopped.signal);
  }
}
