/** How a client opens a WebSocket over a stream of bytes: RFC 6455, section 4.1. */

import { parseHttpReply, ReplyHead } from "../http/http_reply.ts";
import { isOpened, openingRequest } from "./client_socket.ts";

/** The part of a connection that the opening needs. */
export interface OpeningBytes {
  /** Reads at least one byte; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<void>;
}

export interface OpeningOptions {
  readonly path: string;
  /** Whether the request names an origin, as that of a page does. */
  readonly hasOrigin?: boolean;
  /** Fills bytes with random ones. */
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** The answer of the server. */
export interface SocketOpening {
  /** 101 if the WebSocket is open; `undefined` for an answer that is not valid. */
  readonly status: number | undefined;
  /** Bytes after the head of the answer. */
  readonly rest: Uint8Array;
}

/** The server accepts any address as a host, and the connection has chosen the server already. */
const HOST = "localhost";
const NONCE_BYTES = 16;
const BUFFER_BYTES = 32 * 1024;

/** Asks for a WebSocket and reads the head of the answer. Rejects with the errors of the connection, and if it ends before that. */
export async function openingOf(bytes: OpeningBytes, options: OpeningOptions): Promise<SocketOpening> {
  const nonce = new Uint8Array(NONCE_BYTES);
  options.random(nonce);
  await bytes.write(openingRequest(options.path, HOST, nonce, options.hasOrigin));
  const head = new ReplyHead();
  for (;;) {
    const buffer = new Uint8Array(BUFFER_BYTES);
    const count = await bytes.read(buffer);
    if (count === null) throw new Error("The server closed the connection without an answer");
    const found = head.push(buffer.subarray(0, count));
    if (found === undefined) continue;
    const reply = found === "too long" ? undefined : parseHttpReply(found.text);
    const isOpen = reply?.status === 101 && await isOpened(reply, nonce);
    const rest = found === "too long" ? new Uint8Array(0) : buffer.subarray(found.end, count);
    return { status: reply?.status === 101 && !isOpen ? undefined : reply?.status, rest };
  }
}
