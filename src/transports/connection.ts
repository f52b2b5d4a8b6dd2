/** The port that every way in implements: whole frames in, encoded chunks out. It knows nothing of chat. */

import type { Frame } from "../framing/line_decoder.ts";

export type { Frame };

export interface Connection {
  /** The other end, for logs only. */
  readonly peer: string;
  /** The first byte that arrived; undefined before. It tells who speaks before a line is complete. */
  readonly firstByte: number | undefined;
  /** Bytes that have arrived. */
  readonly receivedBytes: number;
  /** Bytes that the system has taken. */
  readonly sentBytes: number;
  /** Frames in order, in batches as they arrived. Ends when the other end closes or the link is lost. Read by one reader. */
  readonly frames: ReadableStream<readonly Frame[]>;
  /**
   * Resolves when the other end can be spoken to, where that takes more than a link, as with TLS. Rejects where it cannot, and
   * when the connection is closed; it knows no time by itself. What is read or written before waits for it.
   */
  handshake?(): Promise<unknown>;
  /** Writes one or more whole frames, each with its terminator. One call at a time; rejects when the link is gone. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the sending half, so that what was written arrives. Its caller reads on until `frames` ends, and then closes. */
  end(): Promise<void>;
  /** Closes both halves at once. Never throws; a second call does nothing. */
  close(): void;
}

export interface Listener {
  /** As somebody on this machine would dial it: `127.0.0.1:5050`, `[::1]:5050` or `unix:/run/confab.sock`. */
  readonly address: string;
  /**
   * The next connection, or undefined once closed. Peers that are gone already are passed over.
   * Rejects when the system is short of descriptors: pause, then call again.
   */
  accept(): Promise<Connection | undefined>;
  /** Stops listening and removes what it left in the file system. Never throws. */
  close(): void;
}
