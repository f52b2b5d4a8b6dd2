import type { Connection, Frame } from "./connection.ts";
import { LineSource, lineStream } from "./line_source.ts";

export interface StreamPeer {
  readonly peer: string;
  readonly remoteAddress?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly privileged?: boolean;
  readonly isProxy?: boolean;
  /** Whether a header of the PROXY protocol may come first. */
  readonly sendsHeader?: boolean;
}

/** A stream of bytes in both directions, like Deno's connections. */
export type ByteStream = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close">;

/** A connection over any stream of bytes that Deno connects or accepts. */
export class StreamConnection implements Connection {
  readonly peer: string;
  readonly remoteAddress: string | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly privileged: boolean;
  readonly isProxy: boolean;
  readonly frames: ReadableStream<readonly Frame[]>;
  sentBytes = 0;
  readonly #conn: ByteStream;
  readonly #source: LineSource;
  #closed = false;

  constructor(conn: ByteStream, { peer, privileged = false, isProxy = false, sendsHeader, ...addresses }: StreamPeer) {
    this.#conn = conn;
    this.peer = peer;
    this.remoteAddress = addresses.remoteAddress;
    this.localAddress = addresses.localAddress;
    this.localPort = addresses.localPort;
    this.privileged = privileged;
    this.isProxy = isProxy;
    this.#source = new LineSource(conn, sendsHeader);
    this.frames = lineStream(this.#source);
  }

  /** The bytes themselves, in place of frames, which must not be read then. */
  get bytes(): Pick<ByteStream, "read" | "write"> {
    return this.#conn;
  }

  get firstByte(): number | undefined {
    return this.#source.firstByte;
  }

  get receivedBytes(): number {
    return this.#source.receivedBytes;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#conn.write(chunk).then((count) => {
      this.sentBytes += count;
      // Partial writes are rare, so a loop for all writes would not pay.
      if (count < chunk.length) return this.write(chunk.subarray(count));
    });
  }

  async end(): Promise<void> {
    try {
      await this.#conn.closeWrite();
    } catch {
      // The link is lost, and its sending half with it.
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
