import { OUTBOX_LIMIT_BYTES, WRITE_JOIN_BYTES } from "../protocol/limits.ts";

/** What an outbox writes to: the part of a connection that it needs. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void>;
}

/**
 * The bounded send queue of one connection. One write is in flight at a time, and what piles up meanwhile goes out as one.
 * Chunks are shared between outboxes and are never changed.
 */
export class Outbox {
  readonly #sink: Sink;
  readonly #limitBytes: number;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #writing = false;
  #failed = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(sink: Sink, limitBytes: number = OUTBOX_LIMIT_BYTES) {
    this.#sink = sink;
    this.#limitBytes = limitBytes;
  }

  /** Bytes that wait for the write in flight. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /**
   * Queues a chunk of whole frames. False when it would go past the limit: then it is not queued, and the receiver is too
   * slow. Where nothing waits, a chunk of any length is taken.
   */
  push(chunk: Uint8Array): boolean {
    if (this.#failed) return true;
    if (this.#queuedBytes > 0 && this.#queuedBytes + chunk.length > this.#limitBytes) return false;
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    return true;
  }

  /** Throws away what waits; the write in flight goes on. */
  clear(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  /** Starts to write what waits, unless a write is in flight. */
  flush(): void {
    if (this.#writing || this.#queue.length === 0) return;
    this.#writing = true;
    this.#sink.write(this.#take()).then(this.#onWritten, this.#onFailed);
  }

  /** Resolves once nothing waits and nothing is in flight, be it because the link is gone. */
  idle(): Promise<void> {
    if (this.#failed || (!this.#writing && this.#queue.length === 0)) return Promise.resolve();
    this.#idle ??= Promise.withResolvers<void>();
    return this.#idle.promise;
  }

  /** The link is closed: nothing is queued or waited for any more. On Deno 2.7 a close leaves the write in flight hanging. */
  stop(): void {
    this.#failed = true;
    this.clear();
    this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  readonly #onWritten = (): void => {
    this.#writing = false;
    if (this.#queue.length > 0) this.flush();
    else this.#becomeIdle();
  };

  readonly #onFailed = (): void => {
    this.#writing = false;
    this.stop();
  };

  /** The first chunk as it is, or several joined into one of at most `WRITE_JOIN_BYTES`. */
  #take(): Uint8Array {
    if (this.#queue.length === 1) {
      const [chunk] = this.#queue;
      this.clear();
      return chunk!;
    }
    let count = 1;
    let bytes = this.#queue[0]!.length;
    while (count < this.#queue.length && bytes + this.#queue[count]!.length <= WRITE_JOIN_BYTES) {
      bytes += this.#queue[count++]!.length;
    }
    this.#queuedBytes -= bytes;
    return join(this.#queue.splice(0, count), bytes);
  }
}

function join(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const joined = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}
