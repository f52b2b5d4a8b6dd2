/** The dialing end of a link: a WebSocket over any stream of bytes. */

import { openingOf } from "../../../framing/websocket/socket_request.ts";
import { clientMessage } from "../../../framing/websocket/client_socket.ts";
import { BINARY, PONG } from "../../../framing/websocket/websocket.ts";
import { WebSocketDecoder } from "../../../framing/websocket/websocket_decoder.ts";
import { MAX_LINE_BYTES } from "../../../protocol/limits.ts";
import { CLUSTER_PATH, type FrameChannel, type FrameSink } from "../../../server/links/server_links.ts";
import { LinkFault } from "./link_fault.ts";
import type { RandomBytes } from "./sealed_channel.ts";

/** A connection to another server, as bytes. */
export interface LinkBytes {
  /** Reads at least one byte; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes all bytes. One call at a time. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends a read and a write that wait. Never throws. */
  close(): void;
}

const MASK_BYTES = 4;
const BUFFER_BYTES = 64 * 1024;

/** Asks the server for a link over the connection. Rejects with a `LinkFault` if it does not open one, and closes the connection then. */
export async function openSocketChannel(bytes: LinkBytes, random: RandomBytes): Promise<SocketChannel> {
  try {
    const { status, rest } = await openingOf(bytes, { path: CLUSTER_PATH, random });
    if (status === 101) return new SocketChannel(bytes, random, rest);
    throw new LinkFault("closed", `The server opens no link to other servers (${status})`);
  } catch (error) {
    bytes.close();
    throw error instanceof LinkFault ? error : new LinkFault("closed", "The connection broke", { cause: error });
  }
}

/** The client's end of a WebSocket that carries whole binary messages. */
export class SocketChannel implements FrameChannel {
  readonly #bytes: LinkBytes;
  readonly #random: RandomBytes;
  readonly #decoder = new WebSocketDecoder(MAX_LINE_BYTES, "server");
  #rest: Uint8Array;
  #written: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(bytes: LinkBytes, random: RandomBytes, rest: Uint8Array) {
    this.#bytes = bytes;
    this.#random = random;
    this.#rest = rest;
  }

  send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#write(BINARY, frame);
  }

  close(): void {
    this.#isClosed = true;
    this.#bytes.close();
  }

  /** Passes all frames on to the sink, until the connection ends. Never rejects. */
  async run(sink: FrameSink): Promise<void> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    try {
      for (let chunk: Uint8Array | undefined = this.#rest; chunk !== undefined; chunk = await this.#read(buffer)) {
        this.#rest = new Uint8Array(0);
        if (!await this.#pass(chunk, sink)) break;
      }
    } catch {
      // A connection that breaks ends the link, as a closed one does.
    } finally {
      sink.ended();
      this.close();
    }
  }

  async #read(buffer: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#isClosed) return undefined;
    const count = await this.#bytes.read(buffer);
    return count === null ? undefined : buffer.subarray(0, count);
  }

  /** Returns false at a frame that ends the connection. */
  async #pass(chunk: Uint8Array, sink: FrameSink): Promise<boolean> {
    for (const frame of this.#decoder.push(chunk)) {
      if (typeof frame !== "object" || !("type" in frame)) return false;
      if (frame.type === "binary") await sink.take(frame.bytes);
      else if (frame.type === "ping") await this.#write(PONG, frame.payload);
      else return false;
    }
    return !this.#isClosed;
  }

  /** Writes a frame after the one before. A connection that breaks is noticed by its reader. */
  #write(opcode: number, payload: Uint8Array): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const mask = new Uint8Array(MASK_BYTES);
    this.#random(mask);
    const message = clientMessage(opcode, payload, mask);
    return this.#written = this.#written.then(() => this.#bytes.write(message)).catch(() => this.#bytes.close());
  }
}
