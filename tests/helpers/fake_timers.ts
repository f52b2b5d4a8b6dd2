/** Replaces the runtime's timers until disposed. Only the test makes them run. */

interface Timer {
  at: number;
  readonly every: number | undefined;
  readonly callback: () => void;
}

export class FakeTimers implements Disposable {
  readonly #timers = new Map<number, Timer>();
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    clearTimeout: globalThis.clearTimeout,
    clearInterval: globalThis.clearInterval,
  };
  #now = 0;
  #ids = 0;

  constructor() {
    const start = (callback: () => void, ms: number, every?: number): number => {
      this.#timers.set(++this.#ids, { at: this.#now + ms, every, callback });
      return this.#ids;
    };
    Object.assign(globalThis, {
      setTimeout: (callback: () => void, ms = 0) => start(callback, ms),
      setInterval: (callback: () => void, ms = 0) => start(callback, ms, ms),
      clearTimeout: (id: number) => void this.#timers.delete(id),
      clearInterval: (id: number) => void this.#timers.delete(id),
    });
  }

  /** Number of timers that are still waiting. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Runs the timers due within `ms`, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#next(end); due !== undefined; due = this.#next(end)) {
      const [id, timer] = due;
      this.#now = timer.at;
      if (timer.every === undefined) this.#timers.delete(id);
      else timer.at += timer.every;
      timer.callback();
    }
    this.#now = end;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
  }

  #next(end: number): [number, Timer] | undefined {
    return [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
  }
}
