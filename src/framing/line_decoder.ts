import { ProtocolError } from "../protocol/errors.ts";
import { MAX_LINE_BYTES } from "../protocol/limits.ts";
import type { Decoder } from "./frame.ts";
import { hasTelnet, stripTelnet } from "./plain/telnet.ts";

/** A line without its terminator, or, as the last one, the error after which no line can be read. */
export type Line = string | ProtocolError;

const LF = 0x0a;
const CR = 0x0d;
/** The content type of the first record of TLS: RFC 8446, section 5.1. */
const TLS_HANDSHAKE = 0x16;

/**
 * Bytes → lines. A line ends with LF or CRLF and is UTF-8 of at most `maxBytes`. The first error is the last frame: bytes after
 * it are ignored. An unterminated rest is never a frame.
 */
export class LineDecoder implements Decoder {
  readonly #maxBytes: number;
  /** The received part of a line. The buffer doubles, so that a sender of single bytes costs no more than a fast one. */
  #rest = new Uint8Array(0);
  #restLength = 0;
  #begun = false;
  #failed = false;
  /** Whether telnet commands are stripped. Telnet clients send them, programs do not. */
  #telnet = true;
  #stripped = false;

  constructor(maxBytes: number = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the lines that these bytes end. Keeps no reference to `chunk`. */
  push(chunk: Uint8Array): Line[] {
    if (this.#failed) return [];
    // No text begins with this byte, and a TLS handshake may contain no end of line for minutes.
    if (!this.#begun && chunk[0] === TLS_HANDSHAKE) return [this.#fail(unexpectedTls())];
    this.#begun = true;
    const end = chunk.lastIndexOf(LF);
    if (end < 0) return this.#keep(chunk);
    const frames = this.#decode(this.#join(chunk.subarray(0, end)));
    if (this.#failed || end + 1 === chunk.length) return frames;
    return frames.concat(this.#keep(chunk.subarray(end + 1)));
  }

  /**
   * Called when lines are JSON. From here on telnet commands are invalid UTF-8, since they could hide parts of a line.
   * Returns an error, which is the last frame, if some commands were stripped already.
   */
  endTelnet(): ProtocolError | undefined {
    this.#telnet = false;
    return this.#stripped ? this.#fail(invalidUtf8()) : undefined;
  }

  #keep(bytes: Uint8Array): Line[] {
    const length = this.#restLength + bytes.length;
    // One byte more than the limit may be the CR of a CRLF.
    if (length > this.#maxBytes + 1) return [this.#fail(tooLong(this.#maxBytes))];
    if (bytes.length === 0) return [];
    if (length > this.#rest.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#rest.length));
      grown.set(this.#rest.subarray(0, this.#restLength));
      this.#rest = grown;
    }
    this.#rest.set(bytes, this.#restLength);
    this.#restLength = length;
    return [];
  }

  #join(bytes: Uint8Array): Uint8Array {
    if (this.#restLength === 0) return bytes;
    const whole = new Uint8Array(this.#restLength + bytes.length);
    whole.set(this.#rest.subarray(0, this.#restLength));
    whole.set(bytes, this.#restLength);
    this.#rest = new Uint8Array(0);
    this.#restLength = 0;
    return whole;
  }

  /** Decodes all lines at once, and one by one only if that cannot work. */
  #decode(bytes: Uint8Array): Line[] {
    if (bytes.length <= this.#maxBytes) {
      try {
        const text = UTF8.decode(bytes);
        const lines = text.split("\n");
        return text.includes("\r") ? lines.map(withoutReturn) : lines;
      } catch {
        // One of the lines is invalid, or has telnet commands, which are not UTF-8 either. The ones before it may be valid.
      }
    }
    return this.#decodeEach(bytes);
  }

  #decodeEach(bytes: Uint8Array): Line[] {
    const frames: Line[] = [];
    for (let start = 0; start <= bytes.length && !this.#failed;) {
      const found = bytes.indexOf(LF, start);
      const end = found < 0 ? bytes.length : found;
      frames.push(this.#decodeLine(bytes.subarray(start, end)));
      start = end + 1;
    }
    return frames;
  }

  #decodeLine(bytes: Uint8Array): Line {
    const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
    if (line.length > this.#maxBytes) return this.#fail(tooLong(this.#maxBytes));
    const text = this.#telnet && hasTelnet(line) ? stripTelnet(line) : line;
    if (text !== line) this.#stripped = true;
    try {
      if (text !== undefined) return UTF8.decode(text);
    } catch {
      // Not UTF-8.
    }
    return this.#fail(invalidUtf8());
  }

  #fail(error: ProtocolError): ProtocolError {
    this.#failed = true;
    this.#rest = new Uint8Array(0);
    this.#restLength = 0;
    return error;
  }
}

/** Keeps a byte order mark: otherwise the text of a line would depend on where the chunks were split. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function invalidUtf8(): ProtocolError {
  return new ProtocolError("bad_utf8", "Line is not valid UTF-8: send text in UTF-8");
}

function unexpectedTls(): ProtocolError {
  return new ProtocolError("bad_utf8", "TLS is not enabled on this port: connect without it");
}

function tooLong(maxBytes: number): ProtocolError {
  return new ProtocolError(
    "line_too_long",
    `Line is longer than ${maxBytes} bytes: send long text in several messages`,
  );
}
