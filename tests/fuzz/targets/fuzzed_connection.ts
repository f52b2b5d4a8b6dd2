import { FrameDecoder } from "../../../src/framing/frame_decoder.ts";
import type { Connection, Frame, Listener } from "../../../src/transports/connection.ts";

const DECODER = new TextDecoder();

/** The server's end of a link that delivers these chunks and then ends. It records the server's output. */
export class FuzzedConnection implements Connection {
  readonly peer = "memory:fuzzed";
  readonly frames: ReadableStream<readonly Frame[]>;
  readonly firstByte: number | undefined;
  readonly receivedBytes: number;
  sentBytes = 0;
  /** All bytes written. */
  said = "";

  constructor(chunks: readonly Uint8Array[]) {
    const decoder = new FrameDecoder();
    const batches = chunks.map((chunk) => decoder.push(chunk)).filter((frames) => frames.length > 0);
    this.frames = ReadableStream.from(batches);
    this.firstByte = decoder.firstByte;
    this.receivedBytes = chunks.reduce((sum, { length }) => sum + length, 0);
  }

  write(chunk: Uint8Array): Promise<void> {
    this.sentBytes += chunk.length;
    this.said += DECODER.decode(chunk, { stream: true });
    return Promise.resolve();
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}

/** A listener with one connection. */
export class FuzzedListener implements Listener {
  readonly address = "memory:fuzzed";
  readonly #closed = Promise.withResolvers<undefined>();
  #next: Connection | undefined;

  constructor(connection: Connection) {
    this.#next = connection;
  }

  async accept(): Promise<Connection | undefined> {
    const next = this.#next;
    this.#next = undefined;
    return await (next ?? this.#closed.promise);
  }

  close(): void {
    this.#closed.resolve(undefined);
  }
}
