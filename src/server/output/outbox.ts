import { OUTBOX_LIMIT_BYTES } from "../../protocol/limits.ts";
import { joinChunks, MIN_OWN_BYTES, OwnChunks } from "./chunks.ts";

/** The part of a connection that an outbox writes to. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void>;
}

/**
 * The bounded send queue of one connection. One write is in flight at a time, and the chunks that arrive meanwhile are joined
 * for the next one. Chunks are never changed, since other outboxes may share them, unless they were pushed by `pushOwn`.
 */
export class Outbox {
  readonly #sink: Sink;
  readonly #limitBytes: number;
  readonly #scheduleFlush: (outbox: Outbox) => void;
  /** Whether `flushScheduled` is going to be called. */
  #scheduled = false;
  /** Whether chunks are ignored. */
  #sealed = false;
  /** The first waiting chunk, apart from the others: an array for each receiver would cost more than a single chunk. */
  #first: Uint8Array | undefined;
  #further: Uint8Array[] | undefined;
  /** `undefined` while no chunk was pushed by `pushOwn`, as in most outboxes. */
  #own: OwnChunks | undefined;
  #queuedBytes = 0;
  #writing = false;
  #failed = false;
  #progressed = false;
  #stuck = false;
  #idle: PromiseWithResolvers<void> | undefined;

  /** `scheduleFlush` is called when the first chunk is queued, and after each `flushScheduled` again. */
  constructor(sink: Sink, limitBytes: number = OUTBOX_LIMIT_BYTES, scheduleFlush: (outbox: Outbox) => void = () => {}) {
    this.#sink = sink;
    this.#limitBytes = limitBytes;
    this.#scheduleFlush = scheduleFlush;
  }

  /** Bytes that wait for the write in flight. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Whether chunks waited at the last `checkProgress`, and no write has ended since the one before it. */
  get stuck(): boolean {
    return this.#stuck;
  }

  /** Whether the link is lost or closed. */
  get broken(): boolean {
    return this.#failed;
  }

  /** Called once a second. */
  checkProgress(): void {
    this.#stuck = this.#first !== undefined && !this.#progressed;
    this.#progressed = false;
  }

  /**
   * Queues a chunk of whole frames. Returns false if that would exceed the limit: the chunk is not queued, and the receiver
   * is too slow. An empty queue takes a chunk of any length. After `seal`, or when the link is gone, chunks are ignored.
   */
  push(chunk: Uint8Array): boolean {
    if (this.#sealed) return true;
    if (this.#first === undefined) {
      this.#first = chunk;
      this.#queuedBytes = chunk.length;
    } else {
      if (this.#queuedBytes + chunk.length > this.#limitBytes) return false;
      if (this.#further === undefined) this.#further = [chunk];
      else this.#further.push(chunk);
      this.#queuedBytes += chunk.length;
    }
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#scheduleFlush(this);
    }
    return true;
  }

  /** Like `push`, for a chunk that is in no other outbox: its memory is freed as soon as it is written or dropped. */
  pushOwn(chunk: Uint8Array): boolean {
    const taken = this.push(chunk);
    if (taken && chunk.length >= MIN_OWN_BYTES) this.#addOwn(chunk);
    return taken;
  }

  #addOwn(chunk: Uint8Array): void {
    if (this.#sealed && !this.#failed) return;
    (this.#own ??= new OwnChunks()).add(chunk);
    if (this.#failed) this.#own.dropped();
  }

  /** Drops the waiting chunks. The write in flight goes on. */
  clear(): void {
    this.#empty();
    this.#own?.dropped();
  }

  /** Ignores all further chunks. Queued chunks are still written. */
  seal(): void {
    this.#sealed = true;
  }

  /** Does the flush that `scheduleFlush` asked for. */
  flushScheduled(): void {
    this.#scheduled = false;
    this.flush();
  }

  /** Starts to write the waiting chunks, unless a write is in flight. */
  flush(): void {
    if (this.#writing || this.#first === undefined) return;
    this.#writing = true;
    const chunk = this.#take(this.#first);
    this.#own?.writing(chunk);
    this.#sink.write(chunk).then(this.#onWritten, this.#onFailed);
  }

  /** Resolves when no chunk waits or is in flight, or when the link is lost. */
  idle(): Promise<void> {
    if (this.#failed || (!this.#writing && this.#first === undefined)) return Promise.resolve();
    this.#idle ??= Promise.withResolvers<void>();
    return this.#idle.promise;
  }

  /** Drops everything and resolves `idle` after the link was closed. On Deno 2.7 the write in flight may then never settle. */
  stop(): void {
    this.#failed = true;
    this.#sealed = true;
    this.clear();
    this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  readonly #onWritten = (): void => {
    this.#writing = false;
    this.#progressed = true;
    this.#stuck = false;
    this.#ownWritten();
    if (this.#first !== undefined) this.flush();
    else this.#becomeIdle();
  };

  readonly #onFailed = (): void => {
    this.#writing = false;
    this.#ownWritten();
    this.stop();
  };

  #ownWritten(): void {
    this.#own?.written();
    if (this.#own?.empty) this.#own = undefined;
  }

  #empty(): void {
    this.#first = undefined;
    this.#further = undefined;
    this.#queuedBytes = 0;
  }

  #take(first: Uint8Array): Uint8Array {
    if (this.#further === undefined) {
      this.#empty();
      return first;
    }
    const { joined, count } = joinChunks(first, this.#further);
    if (count > 0) this.#own?.joined([first, ...this.#further.slice(0, count)], joined);
    this.#queuedBytes -= joined.length;
    this.#first = this.#further[count];
    this.#further = this.#further.length > count + 1 ? this.#further.slice(count + 1) : undefined;
    return joined;
  }
}
