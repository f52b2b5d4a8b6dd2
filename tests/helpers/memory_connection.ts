/** The two ends of a link inside this process. */

import { FrameDecoder } from "../../src/framing/frame_decoder.ts";
import type { Connection, Frame } from "../../src/transports/connection.ts";

/** One end reads the other end's writes, one batch per write. */
export function memoryConnectionPair(): [MemoryConnection, MemoryConnection] {
  const left = new MemoryConnection("memory:left");
  const right = new MemoryConnection("memory:right");
  left.connectTo(right);
  right.connectTo(left);
  return [left, right];
}

export class MemoryConnection implements Connection {
  readonly peer: string;
  /** The peer's address as a listener gives it. Set it before the first frame. */
  remoteAddress?: string;
  privileged?: boolean;
  isProxy?: boolean;
  /** Called with each chunk that arrives. */
  tap?: (chunk: Uint8Array) => void;
  readonly frames: ReadableStream<readonly Frame[]>;
  receivedBytes = 0;
  sentBytes = 0;
  #decoder: FrameDecoder | undefined;
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

  /** The other end. */
  get other(): MemoryConnection {
    return this.#other;
  }

  get firstByte(): number | undefined {
    return this.#decoder?.firstByte;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Blocks writes, as if the other end did not read, until the returned function is called. */
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

  /** Delivers these bytes as if the other end had sent them. */
  receive(chunk: Uint8Array): void {
    this.receivedBytes += chunk.length;
    this.tap?.(chunk);
    this.#decoder ??= new FrameDecoder(this.isProxy);
    const frames = this.#decoder.push(chunk);
    if (frames.length > 0) this.deliver(frames);
  }

  /** Delivers these frames as one batch. */
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

  /** Breaks the link: reading fails with an error. */
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
