import { MAX_HTTP_HEAD_BYTES } from "../../protocol/limits.ts";
import type { BodyPart, Decoder, Frame } from "../frame.ts";
import { bodyLengthOf, keepsConnection } from "./body_length.ts";
import { HeadEnd } from "./head_end.ts";
import { asksForWebSocket, parseRequest } from "./http_request.ts";
import { WebSocketDecoder } from "../websocket/websocket_decoder.ts";

const LF = 0x0a;
const CR = 0x0d;
const LATIN1 = new TextDecoder("latin1");

/**
 * The frames of an HTTP connection: the head of a request without the empty line that ends it, then the parts of its body,
 * then the next head; or the frames of the WebSocket that a head asks for. After a head that leaves the end of its body open,
 * and after the last request that the client announces, all bytes are parts of a body without an end: they are never
 * taken for a request. A head that exceeds `MAX_HTTP_HEAD_BYTES` is returned incomplete, but still longer than the limit.
 */
export class RequestDecoder implements Decoder {
  #head: string;
  #end = new HeadEnd();
  /** Bytes that are still to come of the current body. */
  #bodyBytes = 0;
  /** Whether a head may follow the current body. */
  #goesOn = true;
  #webSocket: WebSocketDecoder | undefined;

  constructor(requestLine: string) {
    this.#head = `${requestLine}\n`;
  }

  get bodyBytesLeft(): number {
    return this.#bodyBytes;
  }

  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let rest = chunk;
    do {
      if (this.#webSocket !== undefined) return frames.concat(this.#webSocket.push(rest));
      rest = this.#bodyBytes > 0 || !this.#goesOn ? this.#takeBody(rest, frames) : this.#takeHead(rest, frames);
    } while (rest.length > 0);
    return frames;
  }

  /** Returns the bytes after the body. */
  #takeBody(bytes: Uint8Array, frames: Frame[]): Uint8Array {
    if (bytes.length === 0) return NOTHING;
    if (this.#bodyBytes === 0) {
      frames.push({ type: "body", bytes });
      return NOTHING;
    }
    const part = bytes.subarray(0, this.#bodyBytes);
    this.#bodyBytes -= part.length;
    frames.push(this.#bodyBytes === 0 ? lastPart(part) : { type: "body", bytes: part });
    return bytes.subarray(part.length);
  }

  /** Returns the bytes after the head. */
  #takeHead(bytes: Uint8Array, frames: Frame[]): Uint8Array {
    const chunk = this.#head === "" ? withoutBlankLines(bytes) : bytes;
    const end = this.#end.in(chunk);
    // Each byte is a character: bytes beyond ASCII have no meaning in a head.
    this.#head += LATIN1.decode(chunk.subarray(0, end));
    const tooLong = this.#head.length > MAX_HTTP_HEAD_BYTES;
    if (end === undefined && !tooLong) return NOTHING;
    const head = this.#head.trimEnd();
    [this.#head, this.#end] = ["", new HeadEnd()];
    this.#goesOn = !tooLong && this.#expectAfter(head);
    frames.push(tooLong ? head.padEnd(MAX_HTTP_HEAD_BYTES + 1) : head);
    return end === undefined ? NOTHING : chunk.subarray(end);
  }

  /** Notes what follows the head. Returns whether another head may follow that. */
  #expectAfter(head: string): boolean {
    const request = parseRequest(head);
    if (request === undefined) return false;
    if (asksForWebSocket(request)) this.#webSocket = new WebSocketDecoder();
    const length = bodyLengthOf(request);
    if (typeof length !== "number") return false;
    this.#bodyBytes = length;
    return keepsConnection(request);
  }
}

const NOTHING = new Uint8Array(0);

function lastPart(bytes: Uint8Array): BodyPart {
  return { type: "body", bytes, last: true };
}

/** Blank lines before a request line are skipped: RFC 9112, section 2.2. */
function withoutBlankLines(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== LF && byte !== CR);
  return start < 0 ? NOTHING : bytes.subarray(start);
}
