import { ProtocolError } from "../protocol/errors.ts";
import { MAX_LINE_BYTES } from "../protocol/limits.ts";
import type { Decoder } from "./frame.ts";
import { stripTelnet } from "./plain/telnet.ts";

/** Without its terminator, or, as the last one there is, why no further one can be read. */
export type Line = string | ProtocolError;

const LF = 0x0a;
const CR = 0x0d;
/** The content type of the first record of TLS: RFC 8446, section 5.1. */
const TLS_HANDSHAKE = 0x16;

/**
 * Bytes → lines. A line ends with LF or CRLF and is UTF-8 of at most `maxBytes`. The first fault comes as the last frame, and
 * what follows it is swallowed. An unterminated rest is never a frame.
 */
export class LineDecoder implements Decoder {
  readonly #maxBytes: number;
  /** The part of a line that has arrived, in a buffer that doubles, so that a dribbling sender costs no more than a fast one. */
  #rest = new Uint8Array(0);
  #restLength = 0;
  #begun = false;
  #failed = false;
  /** Whether telnet's commands are stripped: people's terminals send them, programs do not. */
  #telnet = true;
  #stripped = false;

  constructor(maxBytes: number = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that these bytes end. Nothing of `chunk` is kept. */
  push(chunk: Uint8Array): Line[] {
    if (this.#failed) return [];
    // It begins no line that anybody writes, and what follows may have no line's end for minutes.
    if (!this.#begun && chunk[0] === TLS_HANDSHAKE) return [this.#fail(noTls())];
    this.#begun = true;
    const end = chunk.lastIndexOf(LF);
    if (end < 0) return this.#keep(chunk);
    const frames = this.#decode(this.#join(chunk.subarray(0, end)));
    if (this.#failed || end + 1 === chunk.length) return frames;
    return frames.concat(this.#keep(chunk.subarray(end + 1)));
  }

  /**
   * Lines are JSON: from here on telnet's commands are broken UTF-8, as they could hide parts of a line.
   * Returns the fault where some were stripped already, which is then the last frame.
   */
  endTelnet(): ProtocolError | undefined {
    this.#telnet = false;
    return this.#stripped ? this.#fail(brokenUtf8()) : undefined;
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

  /** Decodes all lines at once, and one by one only where that shows a fault. */
  #decode(bytes: Uint8Array): Line[] {
    if (bytes.length <= this.#maxBytes) {
      try {
        const text = UTF8.decode(bytes);
        const lines = text.split("\n");
        return text.includes("\r") ? lines.map(withoutReturn) : lines;
      } catch {
        // Some line is broken; the ones before it are not.
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
    try {
      return UTF8.decode(line);
    } catch {
      return this.#decodeTelnet(line);
    }
  }

  #decodeTelnet(line: Uint8Array): Line {
    if (!this.#telnet) return this.#fail(brokenUtf8());
    try {
      const text = UTF8.decode(stripTelnet(line));
      this.#stripped = true;
      return text;
    } catch {
      return this.#fail(brokenUtf8());
    }
  }

  #fail(error: ProtocolError): ProtocolError {
    this.#failed = true;
    this.#rest = new Uint8Array(0);
    this.#restLength = 0;
    return error;
  }
}

/** A byte order mark is kept, or a line would read differently by where the chunks were split. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function brokenUtf8(): ProtocolError {
  return new ProtocolError("bad_utf8", "Line is no valid UTF-8: send text in UTF-8");
}

function noTls(): ProtocolError {
  return new ProtocolError("bad_utf8", "This is TLS, which is not spoken here: connect without it");
}

function tooLong(maxBytes: number): ProtocolError {
  return new ProtocolError(
    "line_too_long",
    `Line is longer than ${maxBytes} bytes: send long text in several messages`,
  );
}
