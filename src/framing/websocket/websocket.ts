import type { ErrorCode } from "../../protocol/errors.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import type { Codec, Decoded, Format } from "../codec.ts";
import { JSON_FORMAT, JSON_LINES } from "../json_lines.ts";

const FIN = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const LF = 0x0a;
const ENCODER = new TextEncoder();

/** The format of JSON lines, each packed as one message. */
export const WEBSOCKET_FORMAT: Format = { ...JSON_FORMAT, pack };

/** Close codes after an error: RFC 6455, section 7.4.1. */
const CLOSE_CODES: Partial<Record<ErrorCode, number>> = {
  bad_frame: 1002,
  not_text: 1003,
  bad_utf8: 1007,
  line_too_long: 1009,
};
const NORMAL = 1000;

/** JSON lines for a browser. It remembers the close code of the last error. */
export class WebSocketJson implements Codec {
  readonly format = WEBSOCKET_FORMAT;
  #closeCode = NORMAL;

  decode(text: string): Decoded {
    return JSON_LINES.decode(text);
  }

  encode(event: ServerEvent): string {
    if (event.type === "error") this.#closeCode = CLOSE_CODES[event.code as ErrorCode] ?? this.#closeCode;
    return WEBSOCKET_FORMAT.encode(event);
  }

  ending(): Uint8Array {
    return closeMessage(this.#closeCode, "");
  }
}

/** Returns the answer to a ping. */
export function pong(payload: Uint8Array): Uint8Array {
  return frameOf(PONG, payload);
}

/** Returns a text message. */
export function textMessage(text: string): Uint8Array {
  return frameOf(TEXT, ENCODER.encode(text));
}

/** Returns a binary message. */
export function binaryMessage(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return frameOf(BINARY, payload);
}

/** Returns the frame that ends a stream. `reason` has at most 123 bytes. */
export function closeMessage(code: number, reason: string): Uint8Array {
  const text = ENCODER.encode(reason);
  const payload = new Uint8Array(2 + text.length);
  payload.set([code >> 8, code & 0xff]);
  payload.set(text, 2);
  return frameOf(CLOSE, payload);
}

/** Packs each line, without its terminator, as a message of one frame. */
function pack(lines: string): Uint8Array {
  const bytes = ENCODER.encode(lines);
  const ends: number[] = [];
  let length = 0;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LF, start);
    length += headerLength(end - start) + end - start;
    ends.push(end);
    start = end + 1;
  }
  const packed = new Uint8Array(length);
  let at = 0;
  let start = 0;
  for (const end of ends) {
    at = putFrame(packed, at, TEXT, bytes.subarray(start, end));
    start = end + 1;
  }
  return packed;
}

function frameOf(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(headerLength(payload.length) + payload.length);
  putFrame(frame, 0, opcode, payload);
  return frame;
}

/** Writes a whole, unmasked frame, as a server sends it. Returns the index after it. */
function putFrame(target: Uint8Array, at: number, opcode: number, payload: Uint8Array): number {
  const { length } = payload;
  const header = headerLength(length);
  target[at] = FIN | opcode;
  target[at + 1] = header === 2 ? length : header === 4 ? LENGTH_16 : LENGTH_64;
  let rest = length;
  for (let index = at + header - 1; index > at + 1; index--) {
    target[index] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
  target.set(payload, at + header);
  return at + header + length;
}

function headerLength(payloadLength: number): number {
  return payloadLength < LENGTH_16 ? 2 : payloadLength < 65_536 ? 4 : 10;
}

/** The GUID that a server appends to the client's key: RFC 6455, section 1.3. */
export const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Opcodes in the first byte of a frame: RFC 6455, section 5.2. Opcodes from `CLOSE` on are control frames. */

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;
