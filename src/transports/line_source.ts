import type { Frame } from "../framing/frame.ts";
import { FrameDecoder } from "../framing/frame_decoder.ts";
import { BODY_BUFFER_MAX_BYTES, READ_BUFFER_MAX_BYTES, READ_BUFFER_MIN_BYTES } from "../protocol/limits.ts";

/** A read of a body with at least as many bytes is probably followed by another one at once. */
const GATHERED_READ_BYTES = 16 * 1024;

/** The part of `Deno.Conn` that a line source reads from. */
export interface Readable {
  read(buffer: Uint8Array): Promise<number | null>;
}

/**
 * Bytes → batches of frames, read on demand. Its buffer doubles when full and halves when nearly empty; the large ones for a body
 * go with it. A link that breaks ends the stream, as a closed one does. A connection's own `readable` would cost about 100 KiB per connection, and a
 * `TransformStream` after this another 8 KiB.
 */
export class LineSource implements UnderlyingDefaultSource<readonly Frame[]> {
  readonly #source: Readable;
  readonly #decoder: FrameDecoder;
  #buffer = new Uint8Array(READ_BUFFER_MIN_BYTES);
  #receivedBytes = 0;
  /** Bytes at the start of the buffer that were read and not decoded yet. */
  #gathered = 0;
  #controller: ReadableStreamDefaultController<readonly Frame[]> | undefined;
  #reading = false;
  #cancelled = false;

  /** `fromProxy`: a header of the PROXY protocol may come first. */
  constructor(source: Readable, fromProxy = false) {
    this.#source = source;
    this.#decoder = new FrameDecoder(fromProxy);
  }

  /** The first byte that is not blank; `undefined` before it has arrived. */
  get firstByte(): number | undefined {
    return this.#decoder.firstByte;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Returns at once: a promise, or a waiting async function, for each of many silent connections would cost more. */
  pull(controller: ReadableStreamDefaultController<readonly Frame[]>): void {
    this.#controller = controller;
    if (!this.#reading) this.#read();
  }

  cancel(): void {
    this.#cancelled = true;
  }

  #read(): void {
    this.#reading = true;
    const rest = this.#gathered === 0 ? this.#buffer : this.#buffer.subarray(this.#gathered);
    this.#source.read(rest).then(this.#onRead, this.#onEnd);
  }

  readonly #onRead = (count: number | null): void => {
    if (count === null) return this.#onEnd();
    this.#reading = false;
    if (this.#cancelled) return;
    this.#receivedBytes += count;
    this.#gathered += count;
    if (this.#isWorthGathering(count)) this.#read();
    else if (!this.#pass()) this.#read();
  };

  /** TLS gives at most 16 KiB in one read. Bytes of one body are passed on together, since each batch costs a write to the disk. */
  #isWorthGathering(count: number): boolean {
    if (count < GATHERED_READ_BYTES || this.#gathered >= this.#buffer.length) return false;
    return this.#gathered < this.#decoder.bodyBytesLeft;
  }

  /** Returns whether there was a whole frame. */
  #pass(): boolean {
    const frames = this.#take(this.#gathered);
    this.#gathered = 0;
    if (frames.length > 0) this.#controller!.enqueue(frames);
    return frames.length > 0;
  }

  /** The link is closed or broken. */
  readonly #onEnd = (): void => {
    if (this.#cancelled) return;
    if (this.#gathered > 0) this.#pass();
    this.#controller!.close();
  };

  #take(count: number): Frame[] {
    const bytes = this.#buffer.subarray(0, count);
    const frames = this.#decoder.push(bytes);
    this.#resize(count);
    return frames;
  }

  #resize(count: number): void {
    const { length } = this.#buffer;
    const most = this.#decoder.bodyBytesLeft > 0 ? BODY_BUFFER_MAX_BYTES : READ_BUFFER_MAX_BYTES;
    if (length > most) {
      this.#buffer = new Uint8Array(READ_BUFFER_MIN_BYTES);
    } else if (count === length && length < most) {
      this.#buffer = new Uint8Array(2 * length);
    } else if (4 * count < length && length > READ_BUFFER_MIN_BYTES) {
      this.#buffer = new Uint8Array(length / 2);
    }
  }
}

/** Returns a stream that reads nothing before its reader asks. */
export function lineStream(source: LineSource): ReadableStream<readonly Frame[]> {
  return new ReadableStream(source, { highWaterMark: 0 });
}
