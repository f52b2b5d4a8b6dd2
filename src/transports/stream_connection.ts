import { LineDecoderStream } from "../framing/line_decoder_stream.ts";
import { byteSource } from "./byte_source.ts";
import type { Connection, Frame } from "./connection.ts";

/** Lines over any stream of bytes that Deno connects or accepts. */
export class StreamConnection implements Connection {
  readonly peer: string;
  readonly frames: ReadableStream<readonly Frame[]>;
  receivedBytes = 0;
  sentBytes = 0;
  readonly #conn: Deno.Conn;
  #firstByte: number | undefined;
  #closed = false;

  constructor(conn: Deno.Conn, peer: string) {
    this.#conn = conn;
    this.peer = peer;
    this.frames = byteSource(conn, (chunk) => this.#note(chunk)).pipeThrough(new LineDecoderStream());
  }

  get firstByte(): number | undefined {
    return this.#firstByte;
  }

  #note(chunk: Uint8Array): void {
    this.#firstByte ??= chunk[0];
    this.receivedBytes += chunk.length;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#conn.write(chunk).then((count) => {
      this.sentBytes += count;
      // A partial write is the exception, so only it pays for more.
      if (count < chunk.length) return this.write(chunk.subarray(count));
    });
  }

  async end(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch {
      // The link is gone, and with it what was to be ended.
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#conn.close();
    } catch {
      // Closed by the system already.
    }
  }
}
