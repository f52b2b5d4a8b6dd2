/**
 * Texts that are found again in whatever a server makes of them: `~F`, eight digits, filling, `~`.
 * Nothing here makes a string of what was read, which would make the load generator the limit.
 */

const TILDE = 0x7e;
const LETTER_F = 0x46;
const ZERO = 0x30;
const DIGITS = 8;
const START = "~F";
/** Stands in a template for the number of the message, besides the one in the text. */
const NUMBER_SIGN = "%i";
const NUMBER_STAND_IN = "#".repeat(DIGITS);
/** A number that no message has: it shows only that somebody receives at all. */
export const PROBE = 99_999_999;

export function markedText(size: number): string {
  return `${START}${"0".repeat(DIGITS)}`.padEnd(size - 1, "x") + "~";
}

/** A byte for each character. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** A message whose number can be changed in place. */
export class MessageTemplate {
  readonly bytes: Uint8Array;
  readonly #numbers: readonly number[];

  /** `line` holds one marked text, and `%i` wherever else the number belongs. */
  constructor(line: string) {
    const filled = line.replaceAll(NUMBER_SIGN, NUMBER_STAND_IN);
    const inText = filled.indexOf(START + "0".repeat(DIGITS)) + START.length;
    const inLine = [...filled.matchAll(new RegExp(NUMBER_STAND_IN, "g"))].map(({ index }) => index);
    this.#numbers = [inText, ...inLine];
    this.bytes = bytesOf(filled);
  }

  /** Writes the message of that number to a place in `target`. */
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

/** Finds marked texts of one size. One scanner serves all connections. */
export class MarkScanner {
  /** Texts that begin like one of ours and do not end like it. */
  corrupt = 0;
  readonly #size: number;
  readonly #found: (receiver: number, message: number) => void;
  /** How far apart the last two were, and the nearest so far: where the next one is looked for first. */
  #step = Infinity;
  #least = Infinity;

  constructor(size: number, found: (receiver: number, message: number) => void) {
    this.#size = size;
    this.#found = found;
  }

  /** Returns from where on it wants to see the bytes again, together with those that follow; their length for nothing. */
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

  /** Lines of a server are about as long as one another: most often the next one is where the last ones let expect it. */
  #next(bytes: Uint8Array, last: number): number {
    const guess = last + this.#step;
    if (guess + 1 < bytes.length && bytes[guess] === TILDE && bytes[guess + 1] === LETTER_F) return guess;
    const found = this.#seek(bytes, last + this.#size);
    // Twice as far, and there may be one between them the next time.
    if (found < bytes.length && found - last < 2 * this.#least) {
      this.#step = found - last;
      this.#least = Math.min(this.#least, this.#step);
    }
    return found;
  }

  /** Where the next one begins, or might begin with the last byte; the length where there is none. */
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
