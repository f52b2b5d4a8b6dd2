import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_CONTROL_BYTES, MAX_LINE_BYTES } from "../../protocol/limits.ts";
import type { Control, Decoder, Frame } from "../frame.ts";
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT } from "./websocket.ts";

/** Two bytes, eight more for the length, and four for the mask. */
const MAX_HEADER_BYTES = 14;
const FIN = 0x80;
const RESERVED = 0x70;
const OPCODE = 0x0f;
const MASKED = 0x80;
const SHORT = 0x7f;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const EMPTY = new Uint8Array(0);

/** Whose frames are decoded: those of a client are masked, those of a server are not. */
export type WebSocketSender = "client" | "server";

/**
 * Bytes → the messages in the frames of a WebSocket (RFC 6455, section 5), each of at most `maxBytes`.
 * The first error is the last frame: bytes after it, or after a close, are ignored.
 */
export class WebSocketDecoder implements Decoder {
  readonly #maxBytes: number;
  readonly #isMasked: boolean;
  /** The received part of a frame's header. */
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  #headerLength = 0;
  /** Missing bytes of the frame's payload; `undefined` while its header is incomplete. */
  #missing: number | undefined;
  /** The received part of a message, in a buffer that doubles. */
  #message: Uint8Array<ArrayBuffer> = EMPTY;
  #messageLength = 0;
  /** The opcode of a message whose last fragment has not arrived; `undefined` between messages. */
  #unfinished: number | undefined;
  #control: Uint8Array<ArrayBuffer> = EMPTY;
  #ended = false;

  constructor(maxBytes: number = MAX_LINE_BYTES, sender: WebSocketSender = "client") {
    this.#maxBytes = maxBytes;
    this.#isMasked = sender === "client";
  }

  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    for (let start = 0; start < chunk.length && !this.#ended;) {
      const error = this.#missing === undefined ? this.#takeHeader(chunk[start++]!) : undefined;
      if (error !== undefined) return [...frames, this.#fail(error)];
      if (this.#missing === undefined) continue;
      const end = Math.min(chunk.length, start + this.#missing);
      this.#takePayload(chunk.subarray(start, end));
      start = end;
      if (this.#missing === 0) this.#endFrame(frames);
    }
    return frames;
  }

  get #opcode(): number {
    return this.#header[0]! & OPCODE;
  }

  get #isControl(): boolean {
    return this.#opcode >= CLOSE;
  }

  /** Takes a byte of the header. Returns an error as soon as the header is invalid. */
  #takeHeader(byte: number): ProtocolError | undefined {
    this.#header[this.#headerLength++] = byte;
    if (this.#headerLength === 1) return this.#checkStart();
    if (this.#headerLength === 2 && ((byte & MASKED) !== 0) !== this.#isMasked) {
      return broken(this.#isMasked ? "it is not masked" : "it is masked");
    }
    if (this.#headerLength < this.#headerBytes()) return undefined;
    const length = this.#payloadBytes();
    const error = this.#checkLength(length);
    if (error !== undefined) return error;
    this.#missing = length;
    if (this.#isControl) this.#control = new Uint8Array(length);
  }

  #checkStart(): ProtocolError | undefined {
    const start = this.#header[0]!;
    if ((start & RESERVED) !== 0) return broken("it uses an extension that was not negotiated");
    switch (this.#opcode) {
      case CONTINUATION:
        return this.#unfinished === undefined ? broken("it continues no message") : undefined;
      case TEXT:
      case BINARY:
        return this.#unfinished === undefined ? undefined : broken("the message before it is not finished");
      case CLOSE:
      case PING:
      case PONG:
        return (start & FIN) === 0 ? broken("it is a fragment of a control frame") : undefined;
    }
    return broken(`its opcode ${this.#opcode} is unknown`);
  }

  #checkLength(length: number): ProtocolError | undefined {
    if (this.#isControl) {
      if (length > MAX_CONTROL_BYTES) return broken(`a control frame has ${MAX_CONTROL_BYTES} bytes at most`);
      return this.#opcode === CLOSE && length === 1 ? broken("its close code has only one byte") : undefined;
    }
    if (this.#messageLength + length <= this.#maxBytes) return undefined;
    return new ProtocolError(
      "line_too_long",
      `Message is longer than ${this.#maxBytes} bytes: send long text in several messages`,
    );
  }

  /** The length of the whole header, computed from its second byte. */
  #headerBytes(): number {
    const short = this.#header[1]! & SHORT;
    return 2 + (short === LENGTH_64 ? 8 : short === LENGTH_16 ? 2 : 0) + (this.#isMasked ? 4 : 0);
  }

  #payloadBytes(): number {
    const view = new DataView(this.#header.buffer);
    const short = this.#header[1]! & SHORT;
    if (short === LENGTH_64) return Number(view.getBigUint64(2));
    return short === LENGTH_16 ? view.getUint16(2) : short;
  }

  #takePayload(bytes: Uint8Array): void {
    if (this.#isControl) {
      this.#unmask(bytes, this.#control, this.#control.length - this.#missing!);
    } else {
      this.#grow(this.#messageLength + bytes.length);
      this.#unmask(bytes, this.#message, this.#messageLength);
      this.#messageLength += bytes.length;
    }
    this.#missing! -= bytes.length;
  }

  #unmask(bytes: Uint8Array, target: Uint8Array, start: number): void {
    if (!this.#isMasked) return target.set(bytes, start);
    const header = this.#header;
    const mask = this.#headerLength - 4;
    const done = this.#payloadBytes() - this.#missing!;
    for (let index = 0; index < bytes.length; index++) {
      target[start + index] = bytes[index]! ^ header[mask + ((done + index) & 3)]!;
    }
  }

  #endFrame(frames: Frame[]): void {
    const opcode = this.#opcode;
    const finished = (this.#header[0]! & FIN) !== 0;
    this.#missing = undefined;
    this.#headerLength = 0;
    if (opcode >= CLOSE) return this.#endControl(opcode, frames);
    this.#unfinished ??= opcode;
    if (finished) frames.push(this.#takeMessage());
  }

  #endControl(opcode: number, frames: Frame[]): void {
    const payload = this.#control;
    this.#control = EMPTY;
    // The server sends no ping frames, so a pong answers nothing.
    if (opcode === PONG) return;
    const type: Control["type"] = opcode === PING ? "ping" : "close";
    frames.push({ type, payload });
    if (type === "close") this.#end();
  }

  #takeMessage(): Frame {
    const bytes = this.#message.subarray(0, this.#messageLength);
    const isBinary = this.#unfinished === BINARY;
    this.#unfinished = undefined;
    this.#messageLength = 0;
    // The buffer of a long message is not kept.
    if (this.#message.length > MAX_KEPT_BYTES) this.#message = EMPTY;
    if (isBinary) return { type: "binary", bytes: bytes.slice() };
    try {
      return UTF8.decode(bytes);
    } catch {
      return this.#fail(new ProtocolError("bad_utf8", "Message is not valid UTF-8: send text in UTF-8"));
    }
  }

  #grow(length: number): void {
    if (length <= this.#message.length) return;
    const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(length, 2 * this.#message.length)));
    grown.set(this.#message.subarray(0, this.#messageLength));
    this.#message = grown;
  }

  #fail(error: ProtocolError): ProtocolError {
    this.#end();
    return error;
  }

  #end(): void {
    this.#ended = true;
    this.#message = EMPTY;
  }
}

/** The buffer of a message is reused for the next one up to this length. */
const MAX_KEPT_BYTES = 512;

/** A byte order mark is kept, as in a line. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function broken(reason: string): ProtocolError {
  return new ProtocolError("bad_frame", `A frame of the WebSocket is broken: ${reason}`);
}
