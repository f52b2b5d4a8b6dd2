/** The port of all transports: whole frames in, encoded chunks out. It knows nothing of the chat. */

import type { Control, Frame } from "../framing/frame.ts";

export type { Control, Frame };

export interface Connection {
  /** Name of the other end, for logs only. */
  readonly peer: string;
  /** IP address of the other end, without a port; absent if it has none. Only the server's owner may see it. */
  readonly remoteAddress?: string;
  /** IP address of this end, without a port; absent if it has none. The other end has dialed it, unless it is translated. */
  readonly localAddress?: string;
  /** The port of that address; absent without one. */
  readonly localPort?: number;
  /** Whether only the operator of the server can have opened it, as with a private Unix socket. */
  readonly privileged?: boolean;
  /**
   * Whether the other end is a proxy that the operator trusts to say whose connection it passes on: by the first frame,
   * where the transport can read it, or by the headers of a request.
   */
  readonly isProxy?: boolean;
  /** The fingerprint of this end's certificate, as in invites, if TLS ends here. */
  readonly tls?: string;
  /** The first byte that is not blank; `undefined` before it has arrived. It hints at the dialect before a line is complete. */
  readonly firstByte: number | undefined;
  /** Received bytes. */
  readonly receivedBytes: number;
  /** Bytes that the system has taken to send. */
  readonly sentBytes: number;
  /** Frames in order, in batches as they arrived, for one reader. Ends when the other end closes or the link is lost. */
  readonly frames: ReadableStream<readonly Frame[]>;
  /**
   * Resolves after the handshake of a link that has one, such as TLS. Rejects if it fails, and when the connection is closed.
   * It has no time limit of its own. Reads and writes before it wait for it.
   */
  handshake?(): Promise<unknown>;
  /**
   * Writes one or more whole frames, each with its terminator. One call at a time. Rejects when the link is lost. The chunk is
   * not read any more when the promise has settled.
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the sending half, so that everything written arrives. The caller reads until `frames` ends, and then closes. */
  end(): Promise<void>;
  /** Closes both halves at once. Never throws; a second call does nothing. */
  close(): void;
}

export interface Listener {
  /** Its address for clients on this machine: `127.0.0.1:5050`, `[::1]:5050` or `unix:/run/confab.sock`. */
  readonly address: string;
  /**
   * Resolves with the next connection, or `undefined` once closed. Skips clients that have disconnected already.
   * Rejects with `DescriptorShortage` or another error of the system: pause, then call again.
   */
  accept(): Promise<Connection | undefined>;
  /** Stops listening and removes its files. Never throws. */
  close(): void;
}

/** Thrown when the process may open no more descriptors. Clients that wait to be accepted keep waiting. */
export class DescriptorShortage extends Error {
  override readonly name = "DescriptorShortage";
}

/** Descriptors that are reserved, so that some are left when all others are in use. */
export interface DescriptorReserve {
  /** Takes all of them, or none and returns false. Does nothing if they are held already. Never throws. */
  take(): boolean;
  /** Frees them for any other use. Returns false if none were held. Never throws. */
  release(): boolean;
}
