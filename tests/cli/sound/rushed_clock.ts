import type { Clock } from "../../../src/client/clock.ts";

interface RushedTimer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that does not wait: in each turn of the event loop it advances to the next timer. */
export class RushedClock implements Clock {
  readonly #timers = new Set<RushedTimer>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    signal?.addEventListener("abort", () => this.#timers.delete(timer), { once: true });
    setTimeout(() => this.#next(), 0);
  }

  /** Runs the timer that is due first. */
  #next(): void {
    const [first] = [...this.#timers].sort((one, other) => one.at - other.at);
    if (first === undefined) return;
    this.#timers.delete(first);
    this.#now = Math.max(this.#now, first.at);
    first.callback();
  }
}
