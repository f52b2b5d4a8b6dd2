import { createHash } from "node:crypto";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const POOL_BYTES = 8 * 512;
const TOKEN_BYTES = 24;

/** Makes ascending UUIDv7 strings: RFC 9562, section 6.2, method 1, with the 12 bits after the time as a counter. */
export class IdSource {
  readonly #pool = new Uint8Array(POOL_BYTES);
  #used = POOL_BYTES;
  #ms = 0;
  #counter = 0;
  #prefix = "";

  /** Returns an id higher than all before, even if the clock goes back. `now` is in milliseconds since the epoch. */
  next(now: number): string {
    if (now > this.#ms) this.#start(now);
    else if (++this.#counter > 0xfff) this.#start(this.#ms + 1);
    const counter = (0x7000 | this.#counter).toString(16);
    return `${this.#prefix}-${counter}-${this.#random()}`;
  }

  #start(ms: number): void {
    this.#ms = ms;
    this.#counter = 0;
    const time = ms.toString(16).padStart(12, "0");
    this.#prefix = `${time.slice(0, 8)}-${time.slice(8)}`;
  }

  /** The last two groups: variant bits and 62 random ones. */
  #random(): string {
    if (this.#used === POOL_BYTES) {
      crypto.getRandomValues(this.#pool);
      this.#used = 0;
    }
    const p = this.#pool;
    const i = this.#used;
    this.#used += 8;
    return HEX[0x80 | (p[i]! & 0x3f)]! + HEX[p[i + 1]!]! + "-" + HEX[p[i + 2]!]! + HEX[p[i + 3]!]! +
      HEX[p[i + 4]!]! + HEX[p[i + 5]!]! + HEX[p[i + 6]!]! + HEX[p[i + 7]!]!;
  }
}

/** Returns a secret of 192 random bits. */
export function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toBase64({ alphabet: "base64url" });
}

/** Returns the SHA-256 of a token, which is enough for a secret that is itself random. */
export function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
