/** A media socket over a byte link, for clients that are no browser. */

import { clientMessage } from "../../framing/websocket/client_socket.ts";
import { openingOf } from "../../framing/websocket/socket_request.ts";
import { BINARY, PONG, TEXT } from "../../framing/websocket/websocket.ts";
import { WebSocketDecoder } from "../../framing/websocket/websocket_decoder.ts";
import { MEDIA_PATH } from "../../protocol/calls/media_handshake.ts";
import { MAX_LINE_BYTES, MAX_MEDIA_QUEUED_BYTES } from "../../protocol/limits.ts";
import type { FileLink, OpenFileLink } from "../files/file_ports.ts";
import type { MediaSocket } from "./call_ports.ts";

/** Fills bytes with random ones. */
type Random = (bytes: Uint8Array<ArrayBuffer>) => void;

const MASK_BYTES = 4;
const BUFFER_BYTES = 32 * 1024;
const ENCODER = new TextEncoder();

/** Opens a link and makes it a WebSocket. Rejects with an Error if the server refuses. */
export async function openRawMediaSocket(
  openClusterLink: OpenFileLink,
  random: Random,
  signal: AbortSignal,
): Promise<MediaSocket> {
  const link = await openClusterLink(signal);
  const close = () => link.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    const { status, rest } = await openingOf(link, { path: MEDIA_PATH, hasOrigin: true, random });
    if (status !== 101) {
      throw new Error(`The server does not open a connection for calls${status === undefined ? "" : ` (${status})`}`);
    }
    signal.throwIfAborted();
    return new RawMediaSocket(link, random, rest);
  } catch (error) {
    link.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

class RawMediaSocket implements MediaSocket {
  readonly #link: FileLink;
  readonly #random: Random;
  readonly #decoder = new WebSocketDecoder(MAX_LINE_BYTES, "server");
  #rest: Uint8Array;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #writing = false;
  #closed = false;

  constructor(link: FileLink, random: Random, rest: Uint8Array) {
    this.#link = link;
    this.#random = random;
    this.#rest = rest;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get messages(): AsyncIterable<string | Uint8Array<ArrayBuffer>> {
    return this.#read();
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (typeof message === "string") this.#push(TEXT, ENCODER.encode(message));
    else this.#push(BINARY, message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#link.close();
  }

  async *#read(): AsyncGenerator<string | Uint8Array<ArrayBuffer>> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    let chunk = this.#rest;
    this.#rest = new Uint8Array(0);
    try {
      for (;;) {
        for (const frame of this.#decoder.push(chunk)) {
          if (typeof frame === "string") yield frame;
          else if ("type" in frame && frame.type === "binary") yield frame.bytes;
          else if ("type" in frame && frame.type === "ping") this.#answer(frame.payload);
          else return;
        }
        const count = await this.#link.read(buffer);
        if (count === null) return;
        chunk = buffer.subarray(0, count);
      }
    } catch {
      // A link that breaks ends the messages, as a closed one does.
    } finally {
      this.close();
    }
  }

  /** A server that sends pings and does not read gets no more answers. */
  #answer(payload: Uint8Array): void {
    if (this.#queuedBytes <= MAX_MEDIA_QUEUED_BYTES) this.#push(PONG, payload);
  }

  #push(opcode: number, payload: Uint8Array): void {
    if (this.#closed) return;
    const mask = new Uint8Array(MASK_BYTES);
    this.#random(mask);
    const frame = clientMessage(opcode, payload, mask);
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    if (!this.#writing) void this.#write();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
        await this.#link.write(frame);
        this.#queuedBytes -= frame.length;
      }
    } catch {
      this.close();
    }
    this.#writing = false;
  }
}
