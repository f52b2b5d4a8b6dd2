/** The client's clock and timers, which tests replace. */

export interface Clock {
  /** Milliseconds since any moment. Monotonic: changes of the system's time do not change it. May stop while the machine sleeps. */
  now(): number;
  /** Milliseconds since the epoch. Jumps when the system's time is changed, and while the machine sleeps. */
  wall(): number;
  /** Calls back once after `ms` milliseconds, unless the signal is aborted first. */
  after(ms: number, callback: () => void, signal?: AbortSignal): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, callback, signal) {
    if (signal?.aborted) return;
    const cancel = () => clearTimeout(timer);
    const timer = setTimeout(() => {
      // Otherwise a signal that outlives many timers would collect a listener for each.
      signal?.removeEventListener("abort", cancel);
      callback();
    }, ms);
    signal?.addEventListener("abort", cancel, { once: true });
  },
};
