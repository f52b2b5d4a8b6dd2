/** Shorter ones are left to V8, which has them back soon enough. */
export const MIN_OWN_BYTES = 4 * 1024;

/**
 * The chunks of one outbox that are in no other. Their memory is given back once they have been written or dropped: V8 may
 * leave it for minutes, and pages of history for many receivers would add up.
 */
export class OwnChunks {
  readonly #waiting = new Set<Uint8Array>();
  #inFlight: Uint8Array | undefined;

  get empty(): boolean {
    return this.#waiting.size === 0 && this.#inFlight === undefined;
  }

  add(chunk: Uint8Array): void {
    this.#waiting.add(chunk);
  }

  /** The first chunks that wait have been copied into one. If one of them is in no other outbox, then nor is that. */
  joined(chunks: readonly Uint8Array[], into: Uint8Array): void {
    const own = chunks.filter((chunk) => this.#waiting.delete(chunk));
    if (own.length > 0) this.#waiting.add(into);
    own.forEach(giveBack);
  }

  /** From here until `written` nobody touches the chunk. */
  writing(chunk: Uint8Array): void {
    if (this.#waiting.delete(chunk)) this.#inFlight = chunk;
  }

  /** Or not, for the link is gone: the write is over in any case. */
  written(): void {
    if (this.#inFlight !== undefined) giveBack(this.#inFlight);
    this.#inFlight = undefined;
  }

  dropped(): void {
    this.#waiting.forEach(giveBack);
    this.#waiting.clear();
  }
}

function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
