/**
 * Marked texts that can be found in the output of any server: `~F`, eight digits, filling, `~`.
 * No code here turns received bytes into strings: that would make the load generator the bottleneck.
 */

const TILDE = 0x7e;
const LETTER_F = 0x46;
const ZERO = 0x30;
const DIGITS = 8;
const START = "~F";
/** Placeholder in a template for the message's number, in addition to the one in the text. */
const NUMBER_SIGN = "%i";
const NUMBER_STAND_IN = "#".repeat(DIGITS);
/** A number that no message has. It shows only that a client receives. */
export const PROBE = 99_999_999;

export function markedText(size: number): string {
  return `${START}${"0".repeat(DIGITS)}`.padEnd(size - 1, "x") + "~";
}

/** Encodes one byte per character. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** An encoded message whose number can be changed in place. */
export class MessageTemplate {
  readonly bytes: Uint8Array;
  readonly #numbers: readonly number[];

  /** `line` contains one marked text, and `%i` at each further place of the number. */
  constructor(line: string) {
    const filled = line.replaceAll(NUMBER_SIGN, NUMBER_STAND_IN);
    const inText = filled.indexOf(START + "0".repeat(DIGITS)) + START.length;
    const inLine = [...filled.matchAll(new RegExp(NUMBER_STAND_IN, "g"))].map(({ index }) => index);
    this.#numbers = [inText, ...inLine];
    this.bytes = bytesOf(filled);
  }

  /** Writes the message with that number into `target` at an offset. */
  write(number: number, target: Uint8Array, at: number): void {
    target.set(this.bytes, at);
    for (const offset of this.#numbers) {
      let rest = number;
      for (let digit = at + offset + DIGITS - 1; digit >= at + offset; digit--) {
        target[digit] = ZERO + rest % 10;
        rest = Math.floor(rest / 10);
      }
    }
  }
}

/** Finds marked texts of one size. One scanner is shared by all connections. */
export class MarkScanner {
  /** Number of texts that begin with a mark and do not end with one. */
  corrupt = 0;
  readonly #size: number;
  readonly #found: (receiver: number, message: number) => void;
  /** Distance of the last two texts, and the smallest distance so far: the scanner tries these offsets first. */
  #step = Infinity;
  #least = Infinity;

  constructor(size: number, found: (receiver: number, message: number) => void) {
    this.#size = size;
    this.#found = found;
  }

  /** Returns the offset from which it wants the bytes again, together with the next ones; the length if it needs none. */
  scan(receiver: number, bytes: Uint8Array): number {
    let at = this.#seek(bytes, 0);
    while (at + this.#size <= bytes.length) {
      if (bytes[at + this.#size - 1] === TILDE) {
        this.#found(receiver, numberAt(bytes, at + START.length));
        at = this.#next(bytes, at);
      } else {
        this.corrupt++;
        at = this.#seek(bytes, at + 1);
      }
    }
    return at;
  }

  /** Lines of a server have nearly the same length, so the next text is usually at the expected offset. */
  #next(bytes: Uint8Array, last: number): number {
    const guess = last + this.#step;
    if (guess + 1 < bytes.length && bytes[guess] === TILDE && bytes[guess + 1] === LETTER_F) return guess;
    const found = this.#seek(bytes, last + this.#size);
    // At twice the distance, a later text may lie between the two.
    if (found < bytes.length && found - last < 2 * this.#least) {
      this.#step = found - last;
      this.#least = Math.min(this.#least, this.#step);
    }
    return found;
  }

  /** Returns the offset of the next mark, also of one that may begin with the last byte; the length if there is none. */
  #seek(bytes: Uint8Array, from: number): number {
    for (let at = bytes.indexOf(TILDE, from); at >= 0; at = bytes.indexOf(TILDE, at + 1)) {
      if (at + 1 === bytes.length || bytes[at + 1] === LETTER_F) return at;
    }
    return bytes.length;
  }
}

function numberAt(bytes: Uint8Array, at: number): number {
  let number = 0;
  for (let digit = at; digit < at + DIGITS; digit++) number = number * 10 + bytes[digit]! - ZERO;
  return number;
}
