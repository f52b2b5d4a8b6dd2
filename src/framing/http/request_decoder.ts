import { MAX_HTTP_HEAD_BYTES } from "../../protocol/limits.ts";
import type { Decoder, Frame } from "../frame.ts";
import { asksForWebSocket, parseRequest } from "./http_request.ts";
import { WebSocketDecoder } from "../websocket/websocket_decoder.ts";

const LF = 0x0a;
const CR = 0x0d;
const LATIN1 = new TextDecoder("latin1");

/**
 * The frames of an HTTP connection: the head of the request without the empty line that ends it, then the parts of its body,
 * or the frames of the WebSocket that it asks for.
 * A head that exceeds `MAX_HTTP_HEAD_BYTES` is returned incomplete, but still longer than the limit.
 */
export class RequestDecoder implements Decoder {
  #head: string;
  /** Whether the current line has no characters yet. */
  #lineIsEmpty = true;
  #headIsComplete = false;
  #webSocket: WebSocketDecoder | undefined;

  constructor(requestLine: string) {
    this.#head = `${requestLine}\n`;
  }

  push(chunk: Uint8Array): Frame[] {
    if (this.#headIsComplete) return this.#afterHead(chunk);
    const end = this.#endIn(chunk);
    // Each byte is a character: bytes beyond ASCII have no meaning in a head.
    this.#head += LATIN1.decode(chunk.subarray(0, end));
    const tooLong = this.#head.length > MAX_HTTP_HEAD_BYTES;
    if (end === undefined && !tooLong) return [];
    this.#headIsComplete = true;
    const head = this.#head.trimEnd();
    this.#head = "";
    if (tooLong) return [head.padEnd(MAX_HTTP_HEAD_BYTES + 1)];
    const request = parseRequest(head);
    if (request !== undefined && asksForWebSocket(request)) this.#webSocket = new WebSocketDecoder();
    return [head, ...this.#afterHead(chunk.subarray(end))];
  }

  #afterHead(bytes: Uint8Array): Frame[] {
    if (this.#webSocket !== undefined) return this.#webSocket.push(bytes);
    return bytes.length === 0 ? [] : [{ type: "body", bytes: bytes.slice() }];
  }

  /** Returns the index after the end of the head; `undefined` if the head goes on. */
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
