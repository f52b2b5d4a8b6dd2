/** A sequence with one reader, of things that nobody has taken yet: if they are too many, the oldest are dropped. */
export class NewestFeed<T> {
  readonly #max: number;
  readonly #items: T[] = [];
  #end: { readonly error?: Error } | undefined;
  #wake = () => {};

  constructor(max: number) {
    this.#max = max;
  }

  push(item: T): void {
    if (this.#items.length === this.#max) this.#items.shift();
    this.#items.push(item);
    this.#wake();
  }

  /** Ends the sequence, at once, with or without an error. */
  end(error?: Error): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end !== undefined) return;
      const item = this.#items.shift();
      if (item !== undefined) yield item;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
