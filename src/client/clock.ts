/** The client's clock and timers, which tests replace. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after `ms` milliseconds, unless the signal is aborted first. */
  after(ms: number, callback: () => void, signal?: AbortSignal): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
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
