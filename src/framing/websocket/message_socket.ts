/** A WebSocket from the client's side, over any stream of bytes. */

import type { Frame } from "../frame.ts";
import { clientMessage } from "./client_socket.ts";
import { type OpeningBytes, openingOf, type OpeningOptions } from "./socket_request.ts";
import { BINARY, PONG, TEXT } from "./websocket.ts";
import { WebSocketDecoder } from "./websocket_decoder.ts";

/** A connection as bytes. */
export interface SocketBytes extends OpeningBytes {
  /** Ends a read and a write that wait. Never throws. */
  close(): void;
}

export interface MessageSocketOptions extends OpeningOptions {
  /** The longest message that the server may send. */
  readonly maxMessageBytes: number;
  /** Pings are not answered while more than this is queued. */
  readonly maxPongQueueBytes: number;
}

const MASK_BYTES = 4;
const CLOSE_CODE_BYTES = 2;
const BUFFER_BYTES = 32 * 1024;
const ENCODER = new TextEncoder();

/** Asks the server for a WebSocket. Rejects with the errors of the connection, or with an Error that has the status, and closes it then. */
export async function openMessageSocket(bytes: SocketBytes, options: MessageSocketOptions): Promise<MessageSocket> {
  try {
    const { status, rest } = await openingOf(bytes, options);
    if (status === 101) return new MessageSocket(bytes, options, rest);
    throw new Error(`The server opens no WebSocket at ${options.path}${status === undefined ? "" : ` (${status})`}`);
  } catch (error) {
    bytes.close();
    throw error;
  }
}

/** Whole messages in both directions. Its owner reads `messages` once, and closes it. */
export class MessageSocket {
  readonly #bytes: SocketBytes;
  readonly #options: MessageSocketOptions;
  readonly #decoder: WebSocketDecoder;
  #rest: Uint8Array;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #isWriting = false;
  #isClosed = false;
  #closeReason = "";

  constructor(bytes: SocketBytes, options: MessageSocketOptions, rest: Uint8Array) {
    this.#bytes = bytes;
    this.#options = options;
    this.#decoder = new WebSocketDecoder(options.maxMessageBytes, "server");
    this.#rest = rest;
  }

  /** Bytes that were not written yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Why the messages have ended, if the server said so (RFC 6455, section 5.5.1) or one was not valid; otherwise empty. */
  get closeReason(): string {
    return this.#closeReason;
  }

  /** Ends when the socket is closed or the connection breaks. A message that is not valid ends it, too. */
  get messages(): AsyncIterable<string | Uint8Array<ArrayBuffer>> {
    return this.#read();
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (typeof message === "string") this.#push(TEXT, ENCODER.encode(message));
    else this.#push(BINARY, message);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#bytes.close();
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
          else return this.#end(frame);
        }
        const count = await this.#bytes.read(buffer);
        if (count === null) return;
        chunk = buffer.subarray(0, count);
      }
    } catch {
      // A connection that breaks ends the messages, as a closed one does.
    } finally {
      this.close();
    }
  }

  #end(frame: Frame): void {
    if (frame instanceof Error) this.#closeReason = frame.message;
    else if (typeof frame === "object" && frame.type === "close") {
      this.#closeReason = new TextDecoder().decode(frame.payload.subarray(CLOSE_CODE_BYTES));
    }
  }

  /** A server that sends pings and does not read gets no more answers. */
  #answer(payload: Uint8Array): void {
    if (this.#queuedBytes <= this.#options.maxPongQueueBytes) this.#push(PONG, payload);
  }

  #push(opcode: number, payload: Uint8Array): void {
    if (this.#isClosed) return;
    const mask = new Uint8Array(MASK_BYTES);
    this.#options.random(mask);
    const frame = clientMessage(opcode, payload, mask);
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    if (!this.#isWriting) void this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      for (let frame = this.#queue.shift(); frame !== undefined; frame = this.#queue.shift()) {
        await this.#bytes.write(frame);
        this.#queuedBytes -= frame.length;
      }
    } catch {
      this.close();
    }
    this.#isWriting = false;
  }
}
