/**
 * Cuts a stream of JPEG files, one after the other (MJPEG), into pictures. A chunk may end anywhere. What lies between pictures is
 * skipped.
 */
export class MjpegReader {
  readonly #maxBytes: number;
  /** Bytes that are not read yet: the picture in work, or nothing. */
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** The position at which the next marker is expected; `SEARCH` while the picture has not begun. */
  #at = SEARCH;
  /** True in the coded pixels, which have no length: the next marker is searched for. */
  #isCoded = false;

  /** Throws an Error for a picture of more bytes. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the pictures that are complete. */
  push(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
    const all = new Uint8Array(this.#buffer.length + bytes.length);
    all.set(this.#buffer);
    all.set(bytes, this.#buffer.length);
    this.#buffer = all;
    const pictures: Uint8Array<ArrayBuffer>[] = [];
    for (let picture = this.#next(); picture !== undefined; picture = this.#next()) pictures.push(picture);
    if (this.#buffer.length > this.#maxBytes) {
      throw new Error(`A picture of the stream has more than ${this.#maxBytes} bytes`);
    }
    return pictures;
  }

  #next(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#at === SEARCH && !this.#begin()) return undefined;
    for (let length = this.#step(); length !== undefined; length = this.#step()) {
      if (length === 0) continue;
      const picture = this.#buffer.slice(0, length);
      this.#buffer = this.#buffer.slice(length);
      this.#at = SEARCH;
      this.#isCoded = false;
      return picture;
    }
    return undefined;
  }

  /** Drops what is before the next picture. Returns false if there is none yet. */
  #begin(): boolean {
    for (let at = 0; at + 1 < this.#buffer.length; at++) {
      if (this.#buffer[at] !== 0xff || this.#buffer[at + 1] !== START) continue;
      this.#buffer = this.#buffer.slice(at);
      this.#at = 2;
      return true;
    }
    this.#buffer = this.#buffer.slice(this.#buffer.at(-1) === 0xff ? -1 : this.#buffer.length);
    return false;
  }

  /** Goes to the next marker. Returns the length of the picture at its end, else 0; `undefined` if more bytes are needed. */
  #step(): number | undefined {
    const at = this.#at;
    if (at + 1 >= this.#buffer.length) return undefined;
    const marker = this.#buffer[at + 1]!;
    if (this.#buffer[at] !== 0xff || marker === 0xff || (this.#isCoded && isData(marker))) {
      const next = this.#buffer.indexOf(0xff, at + 1);
      this.#at = next < 0 ? this.#buffer.length : next;
      return 0;
    }
    if (marker === END) return at + 2;
    if (at + 3 >= this.#buffer.length) return undefined;
    this.#isCoded = marker === SCAN;
    this.#at += 2 + (this.#buffer[at + 2]! << 8 | this.#buffer[at + 3]!);
    return 0;
  }
}

/** ITU-T T.81, table B.1. */
const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const SEARCH = -1;

/** In coded pixels: the byte FF itself, and restarts. */
function isData(marker: number): boolean {
  return marker === 0 || marker >= 0xd0 && marker <= 0xd7;
}
