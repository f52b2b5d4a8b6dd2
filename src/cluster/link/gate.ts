/** Lets a bounded number of tasks run at the same time, and a bounded number wait, in order. */
export class Gate {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number, maxWaiting: number) {
    this.#atOnce = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  /** Runs the task when it is its turn. Resolves with `undefined`, without running it, if too many wait. */
  async run<T>(task: () => Promise<T>): Promise<T | undefined> {
    if (this.#running < this.#atOnce) this.#running++;
    else if (this.#waiting.length >= this.#maxWaiting) return undefined;
    // A task that ends hands its place over.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
