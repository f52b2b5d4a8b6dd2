/** The port that every way in implements: whole frames in, encoded chunks out. It knows nothing of chat. */

import type { Control, Frame } from "../framing/frame.ts";

export type { Control, Frame };

export interface Connection {
  /** The other end, for logs only. */
  readonly peer: string;
  /** The other end's IP address, without a port; absent where it has none. Nobody but the server's owner is told. */
  readonly remoteAddress?: string;
  /** Whether only whoever runs the server can have opened it, as with a Unix socket. */
  readonly privileged?: boolean;
  /** The first byte that arrived and is no blank; undefined before. It tells who speaks before a line is complete. */
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
  /**
   * Writes one or more whole frames, each with its terminator. One call at a time; rejects when the link is gone. The chunk is
   * not looked at any more when it has resolved or rejected.
   */
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
   * Rejects with `DescriptorShortage`, or with another fault of the system: pause, then call again.
   */
  accept(): Promise<Connection | undefined>;
  /** Stops listening and removes what it left in the file system. Never throws. */
  close(): void;
}

/** The process may open no more descriptors: whoever waits to be accepted goes on waiting. */
export class DescriptorShortage extends Error {
  override readonly name = "DescriptorShortage";
}

/** Descriptors that are kept from all other use, so that there are some left when all others are in use. */
export interface DescriptorReserve {
  /** Holds all of them, or none: false. Nothing changes where they are held already. Never throws. */
  take(): boolean;
  /** Gives them up to the next who needs some. False where none were held. Never throws. */
  release(): boolean;
}
