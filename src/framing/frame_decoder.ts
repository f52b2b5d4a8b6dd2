import { detectDialect } from "./dialect.ts";
import type { Decoder, Frame } from "./frame.ts";
import { type Line, LineDecoder } from "./line_decoder.ts";
import { RequestDecoder } from "./http/request_decoder.ts";

const LF = 0x0a;

/**
 * Bytes → frames: lines, unless the first line begins an HTTP request. Blanks and blank lines before the first line are skipped
 * (RFC 9112, section 2.2): they do not tell the dialect.
 */
export class FrameDecoder implements Decoder {
  readonly #lines = new LineDecoder();
  #decoder: Decoder = this.#lines;
  #begun = false;
  #firstByte: number | undefined;

  /** The first byte that is not blank; `undefined` before it has arrived. */
  get firstByte(): number | undefined {
    return this.#firstByte;
  }

  push(chunk: Uint8Array): Frame[] {
    return this.#begun ? this.#decoder.push(chunk) : this.#begin(chunk);
  }

  #begin(chunk: Uint8Array): Frame[] {
    const start = this.#firstByte === undefined ? chunk.findIndex(isNotBlank) : 0;
    if (start < 0) return [];
    this.#firstByte ??= chunk[start];
    const end = chunk.indexOf(LF, start) + 1;
    if (end === 0) return this.#lines.push(chunk.subarray(start));
    this.#begun = true;
    const [first] = this.#lines.push(chunk.subarray(start, end));
    return this.#open(first, chunk.subarray(end));
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
