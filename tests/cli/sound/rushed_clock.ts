import type { Clock } from "../../../src/client/clock.ts";

interface RushedTimer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that does not wait: in each turn of the event loop it advances to the next timer. */
export class RushedClock implements Clock {
  readonly #timers = new Set<RushedTimer>();
  /** Turns of the event loop to come, one for each timer. */
  readonly #turns: ReturnType<typeof setTimeout>[] = [];
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
    signal?.addEventListener("abort", () => this.#drop(timer), { once: true });
    this.#turns.push(setTimeout(() => this.#next(), 0));
  }

  #drop(timer: RushedTimer): void {
    if (this.#timers.delete(timer)) clearTimeout(this.#turns.pop());
  }

  /** Runs the timer that is due first. */
  #next(): void {
    this.#turns.shift();
    const [first] = [...this.#timers].sort((one, other) => one.at - other.at);
    if (first === undefined) return;
    this.#timers.delete(first);
    this.#now = Math.max(this.#now, first.at);
    first.callback();
  }
}
