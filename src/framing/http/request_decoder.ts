import { MAX_HTTP_HEAD_BYTES } from "../../protocol/limits.ts";
import type { Decoder, Frame } from "../frame.ts";
import { asksForWebSocket, parseRequest } from "./http_request.ts";
import { WebSocketDecoder } from "../websocket/websocket_decoder.ts";

const LF = 0x0a;
const CR = 0x0d;
const LATIN1 = new TextDecoder("latin1");

/**
 * The head of an HTTP request as one frame, without the empty line that ends it, and behind it the frames of the WebSocket
 * that it asks for. Other bodies are swallowed. A head longer than `MAX_HTTP_HEAD_BYTES` comes as far as it is there.
 */
export class RequestDecoder implements Decoder {
  #head: string;
  /** Whether nothing has come of the line that is under way. */
  #lineIsEmpty = true;
  #whole = false;
  #webSocket: WebSocketDecoder | undefined;

  constructor(requestLine: string) {
    this.#head = `${requestLine}\n`;
  }

  push(chunk: Uint8Array): Frame[] {
    if (this.#whole) return this.#webSocket?.push(chunk) ?? [];
    const end = this.#endIn(chunk);
    // Each byte is a character: what is no ASCII has no meaning in a head.
    this.#head += LATIN1.decode(chunk.subarray(0, end));
    const tooLong = this.#head.length > MAX_HTTP_HEAD_BYTES;
    if (end === undefined && !tooLong) return [];
    this.#whole = true;
    const head = this.#head.trimEnd();
    this.#head = "";
    if (tooLong) return [head.padEnd(MAX_HTTP_HEAD_BYTES + 1)];
    const request = parseRequest(head);
    if (request === undefined || !asksForWebSocket(request)) return [head];
    this.#webSocket = new WebSocketDecoder();
    return [head, ...this.#webSocket.push(chunk.subarray(end))];
  }

  /** Where the head is over; undefined where it goes on. */
  #endIn(chunk: Uint8Array): number | undefined {
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index];
      if (byte === LF && this.#lineIsEmpty) return index + 1;
      if (byte === LF) this.#lineIsEmpty = true;
      else if (byte !== CR) this.#lineIsEmpty = false;
    }
    return undefined;
  }
}
