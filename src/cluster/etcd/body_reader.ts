/**
 * Reads the body of an answer until a signal aborts. The signal that `fetch` was given is not enough: Deno 2.9 forgets it
 * when nothing refers to the `Response` any more, and a read then waits for ever.
 */
export class BodyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #signal: AbortSignal;
  readonly #abort = () => void this.#reader.cancel().catch(() => {});

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>, signal: AbortSignal) {
    this.#reader = body.getReader();
    this.#signal = signal;
    signal.addEventListener("abort", this.#abort, { once: true });
    if (signal.aborted) this.#abort();
  }

  /** The next chunk; `undefined` at the end. Throws the signal's reason if it has aborted. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { done, value } = await this.#reader.read();
    this.#signal.throwIfAborted();
    if (!done) return value;
    this.#signal.removeEventListener("abort", this.#abort);
    return undefined;
  }

  /** Ends the body at its source. Necessary after everything but its end. */
  async cancel(): Promise<void> {
    this.#signal.removeEventListener("abort", this.#abort);
    await this.#reader.cancel().catch(() => {});
  }
}
