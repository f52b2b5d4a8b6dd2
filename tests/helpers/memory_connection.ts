/** Two ends of a link that never leaves this process. */

import { FrameDecoder } from "../../src/framing/frame_decoder.ts";
import type { Connection, Frame } from "../../src/transports/connection.ts";

/** What one end writes the other one reads, a batch for each write. */
export function memoryConnectionPair(): [MemoryConnection, MemoryConnection] {
  const left = new MemoryConnection("memory:left");
  const right = new MemoryConnection("memory:right");
  left.connectTo(right);
  right.connectTo(left);
  return [left, right];
}

export class MemoryConnection implements Connection {
  readonly peer: string;
  /** As whoever listens tells it: to be set before anything is said. */
  remoteAddress?: string;
  privileged?: boolean;
  /** Called with each chunk that comes. */
  tap?: (chunk: Uint8Array) => void;
  readonly frames: ReadableStream<readonly Frame[]>;
  receivedBytes = 0;
  sentBytes = 0;
  readonly #decoder = new FrameDecoder();
  #controller!: ReadableStreamDefaultController<readonly Frame[]>;
  #other!: MemoryConnection;
  #writing = false;
  #endedHere = false;
  #endedThere = false;
  #closed = false;
  #released: Promise<void> = Promise.resolve();

  constructor(peer: string) {
    this.peer = peer;
    this.frames = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => void (this.#endedThere = true),
    });
  }

  connectTo(other: MemoryConnection): void {
    this.#other = other;
  }

  /** The end that reads what this one writes. */
  get other(): MemoryConnection {
    return this.#other;
  }

  get firstByte(): number | undefined {
    return this.#decoder.firstByte;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Makes writes wait, as those of a link whose other end does not read, until the function it returns is called. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#released = promise;
    return resolve;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#writing) throw new Error("Cannot write: a write is in flight");
    this.#writing = true;
    try {
      await this.#released;
      if (this.#closed || this.#endedHere || this.#other.#closed) throw new Error("Broken pipe");
      this.sentBytes += chunk.length;
      this.#other.receive(chunk);
    } finally {
      this.#writing = false;
    }
  }

  /** As if these bytes had come from the other end. */
  receive(chunk: Uint8Array): void {
    this.receivedBytes += chunk.length;
    this.tap?.(chunk);
    const frames = this.#decoder.push(chunk);
    if (frames.length > 0) this.deliver(frames);
  }

  /** As if these frames had come in one batch. */
  deliver(batch: readonly Frame[]): void {
    if (!this.#endedThere && !this.#closed) this.#controller.enqueue(batch);
  }

  end(): Promise<void> {
    if (!this.#endedHere && !this.#closed) {
      this.#endedHere = true;
      this.#other.#noMore();
    }
    return Promise.resolve();
  }

  close(): void {
    if (this.#closed) return;
    this.#noMore();
    this.#closed = true;
    this.#other.#noMore();
  }

  /** The link breaks: whoever reads here learns of it by an error. */
  break(error: Error): void {
    if (this.#endedThere) return;
    this.#endedThere = true;
    this.#closed = true;
    this.#controller.error(error);
    this.#other.#noMore();
  }

  #noMore(): void {
    if (this.#endedThere) return;
    this.#endedThere = true;
    this.#controller.close();
  }
}
