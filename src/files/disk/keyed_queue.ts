/** Runs asynchronous work of the same key one after the other, in the order of the calls, and of different keys at once. */
export class KeyedQueue {
  /** By key: settles after the last work, and never rejects. */
  readonly #tails = new Map<string, Promise<void>>();

  /** Settles as the work does. Work that fails does not stop what follows it. */
  run<T>(key: string, work: () => Promise<T> | T): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(work);
    const tail: Promise<void> = result.then(nothing, nothing).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
    return result;
  }

  /** Resolves when all work that was called for is done. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}

function nothing(): void {}
