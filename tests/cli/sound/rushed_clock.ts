import type { Clock } from "../../../src/client/clock.ts";

/** A clock whose timers are due in the next turn of the event loop, and that has then advanced by their time. */
export class RushedClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void, signal?: AbortSignal): void {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", cancel);
      this.#now += ms;
      callback();
    }, 0);
    const cancel = () => clearTimeout(timer);
    signal?.addEventListener("abort", cancel, { once: true });
  }
}
