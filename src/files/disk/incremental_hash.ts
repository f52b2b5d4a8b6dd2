import { createHash, type Hash } from "node:crypto";

/** The SHA-256 of bytes that arrive in pieces. */
export class IncrementalHash {
  readonly #hash: Hash;
  #bytes = 0;

  constructor(hash = createHash("sha256")) {
    this.#hash = hash;
  }

  /** The number of bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  update(piece: Uint8Array): void {
    this.#hash.update(piece);
    this.#bytes += piece.length;
  }

  /** A copy that further bytes do not change: it takes some microseconds. */
  copy(): IncrementalHash {
    const copy = new IncrementalHash(this.#hash.copy());
    copy.#bytes = this.#bytes;
    return copy;
  }

  /** Returns the hash of the bytes so far, in base64url without padding. More bytes may follow. */
  digest(): string {
    return this.#hash.copy().digest("base64url");
  }
}
