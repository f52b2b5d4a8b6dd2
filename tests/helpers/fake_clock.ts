/** A clock that only the test advances. */

import type { Clock } from "../../src/client/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;
  /** How far the wall clock is ahead of `now`. */
  #ahead = 0;

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  /** Number of timers that are still waiting. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#ahead;
  }

  after(ms: number, callback: () => void, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    signal?.addEventListener("abort", () => this.#timers.delete(timer), { once: true });
  }

  /** Advances the clock by `ms`, and runs the due timers in order, each at its time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#nextUntil(end); due !== undefined; due = this.#nextUntil(end)) {
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }

  /** Changes the wall clock alone, like a user who sets the system's time, and like the sleep of a machine. */
  jump(ms: number): void {
    this.#ahead += ms;
  }

  #nextUntil(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }
}
