/** Holds the newest of many items for a slow reader. Older ones are dropped. */
export class NewestItem<T> {
  #item: T | undefined;
  #ended = false;
  #failure: Error | undefined;
  #changed = Promise.withResolvers<void>();

  put(item: T): void {
    this.#item = item;
    this.#changed.resolve();
  }

  /** No more items come. A reader gets the last one first, then the failure, if there is one. */
  end(failure?: Error): void {
    this.#ended = true;
    this.#failure = failure;
    this.#changed.resolve();
  }

  /** Resolves with the newest item, once for each; `undefined` at the end. One call at a time. */
  async take(): Promise<T | undefined> {
    while (this.#item === undefined && !this.#ended) {
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
    const item = this.#item;
    this.#item = undefined;
    if (item === undefined && this.#failure !== undefined) throw this.#failure;
    return item;
  }
}
