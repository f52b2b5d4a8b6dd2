import { ProtocolError } from "../protocol/errors.ts";
import { detectDialect } from "./dialect.ts";
import type { Decoder, Frame } from "./frame.ts";
import { type Line, LineDecoder } from "./line_decoder.ts";
import { RequestDecoder } from "./http/request_decoder.ts";
import { ProxyHeaderDecoder } from "./proxy/proxy_header_decoder.ts";

const LF = 0x0a;

/**
 * Bytes → frames: lines, unless the first line begins an HTTP request. Blanks and blank lines before the first line are skipped
 * (RFC 9112, section 2.2): they do not tell the dialect. From a proxy, a header of the PROXY protocol may come before all that.
 */
export class FrameDecoder implements Decoder {
  readonly #lines = new LineDecoder();
  #decoder: Decoder = this.#lines;
  #begun = false;
  #firstByte: number | undefined;
  /** Until the first bytes have been looked at, if they may be a header of the PROXY protocol. */
  #header: ProxyHeaderDecoder | undefined;

  constructor(fromProxy = false) {
    if (fromProxy) this.#header = new ProxyHeaderDecoder();
  }

  /** The first byte that is not blank, after a whole header of the PROXY protocol; `undefined` before it has arrived. */
  get firstByte(): number | undefined {
    return this.#firstByte ?? this.#header?.firstByte;
  }

  get bodyBytesLeft(): number {
    return this.#decoder.bodyBytesLeft ?? 0;
  }

  push(chunk: Uint8Array): Frame[] {
    return this.#begun ? this.#decoder.push(chunk) : this.#begin(chunk);
  }

  #begin(chunk: Uint8Array): Frame[] {
    if (this.#header !== undefined) return this.#takeHeader(this.#header, chunk);
    const start = this.#firstByte === undefined ? chunk.findIndex(isNotBlank) : 0;
    if (start < 0) return [];
    this.#firstByte ??= chunk[start];
    const end = chunk.indexOf(LF, start) + 1;
    if (end === 0) return this.#lines.push(chunk.subarray(start));
    this.#begun = true;
    const [first] = this.#lines.push(chunk.subarray(start, end));
    return this.#open(first, chunk.subarray(end));
  }

  /** After a header that is not valid, its decoder stays and ignores all that follows. */
  #takeHeader(decoder: ProxyHeaderDecoder, chunk: Uint8Array): Frame[] {
    const begun = decoder.push(chunk);
    if (begun === undefined) return [];
    const { header, rest } = begun;
    if (header?.source instanceof ProtocolError) return [header];
    this.#header = undefined;
    const frames = this.#begin(rest);
    return header === undefined ? frames : [header as Frame].concat(frames);
  }

  #open(first: Line | undefined, rest: Uint8Array): Frame[] {
    if (typeof first !== "string") return first === undefined ? [] : [first];
    const dialect = detectDialect(first);
    if (dialect === "http") {
      this.#decoder = new RequestDecoder(first);
      return this.#decoder.push(rest);
    }
    const error = dialect === "json" ? this.#lines.endTelnet() : undefined;
    if (error !== undefined) return [error];
    return rest.length === 0 ? [first] : [first as Frame].concat(this.#lines.push(rest));
  }
}

/** Tab, line feed, vertical tab, form feed, carriage return and space are blanks. */
function isNotBlank(byte: number): boolean {
  return byte !== 0x20 && (byte < 0x09 || byte > 0x0d);
}
