import type { BodyReader } from "./body_reader.ts";

const LINE_FEED = 10;

/** A line is longer than the reader allows. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

/**
 * Cuts a stream of bytes into lines, without their line feeds. Empty lines are left out, and so is a last line without an
 * end. Holds at most one line of `maxBytes` and one chunk; a longer line throws `LineTooLong`.
 */
export class LineStream {
  readonly #reader: BodyReader;
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder();
  /** Parts of a line that has not ended. */
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #chunk: Uint8Array = new Uint8Array();

  constructor(reader: BodyReader, maxBytes: number) {
    this.#reader = reader;
    this.#maxBytes = maxBytes;
  }

  /** The next line; `undefined` at the end of the stream. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#chunk.indexOf(LINE_FEED);
      this.#hold(end < 0 ? this.#chunk : this.#chunk.subarray(0, end));
      this.#chunk = end < 0 ? new Uint8Array() : this.#chunk.subarray(end + 1);
      if (end >= 0 && this.#bytes > 0) return this.#takeLine();
      if (end >= 0) continue;
      const chunk = await this.#reader.read();
      if (chunk === undefined) return undefined;
      this.#chunk = chunk;
    }
  }

  /** Ends the stream at its source. */
  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }

  #hold(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#bytes += part.length;
    if (this.#bytes > this.#maxBytes) throw new LineTooLong(`A line has more than ${this.#maxBytes} bytes`);
    this.#parts.push(part);
  }

  #takeLine(): string {
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    if (parts.length === 1) return this.#decoder.decode(parts[0]);
    return parts.map((part) => this.#decoder.decode(part, { stream: true })).join("") + this.#decoder.decode();
  }
}
