/** A time in which a connection is not read, because it sends too much. */
export class ReadPause {
  readonly #ms: number;
  #over: PromiseWithResolvers<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Resolves when the pause is over. */
  begin(): Promise<void> {
    this.#over ??= Promise.withResolvers();
    this.#timer ??= setTimeout(() => this.end(), this.#ms);
    return this.#over.promise;
  }

  /** Ends a pause at once. */
  end(): void {
    clearTimeout(this.#timer);
    this.#over?.resolve();
    this.#timer = this.#over = undefined;
  }
}
