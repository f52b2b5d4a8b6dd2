import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { CLUSTER_KEY_BYTES } from "./cluster_key.ts";
import { type LogEntry, MAX_ENTRY_BYTES } from "./command_log.ts";

/** The version of the seal: the first byte of each sealed entry. */
const VERSION = 1;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** Bytes that a seal adds to the text: version, nonce and tag. */
export const SEAL_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
/** The most bytes of an entry's text in UTF-8. */
export const MAX_SEALED_TEXT_BYTES = MAX_ENTRY_BYTES - SEAL_BYTES;
/** A nonce begins with both numbers of the entry, which limits them, and ends with four random bytes. */
const INCARNATION_BYTES = 3;
const NUMBER_BYTES = 5;
const RANDOM_BYTES = NONCE_BYTES - INCARNATION_BYTES - NUMBER_BYTES;
/** Incarnations and numbers of entries are below these. */
export const MAX_INCARNATION = 2 ** 21;
export const MAX_ENTRY_NUMBER = 2 ** (8 * NUMBER_BYTES);

/** The entry was not sealed with this cluster's key for its place, or was damaged. */
export class EntryForged extends Error {
  override readonly name = "EntryForged";

  constructor({ s, n }: Pick<LogEntry, "s" | "n">, options?: ErrorOptions) {
    super(`Entry ${n} of incarnation ${s} was not written with the key of this cluster`, options);
  }
}

/** An entry's text could be read, but its seal has another version: a later Confab wrote it. */
export class SealVersionUnknown extends Error {
  override readonly name = "SealVersionUnknown";

  constructor({ s, n }: Pick<LogEntry, "s" | "n">, version: number) {
    super(`Entry ${n} of incarnation ${s} has a seal of version ${version}: update Confab on this server`);
  }
}

/**
 * Encrypts and authenticates entries with AES-256-GCM (NIST SP 800-38D). The key follows from the cluster's key by
 * HKDF-SHA-256 (RFC 5869). The seal covers the version, the cluster's name and both numbers of the entry, so that nobody
 * who can write the log can forge, change, move or copy an entry.
 *
 * Form: version (1 byte), nonce (12), encrypted text, tag (16). A nonce is used twice only if two servers seal the same
 * number of the same incarnation, as they may at their start, and draw the same four random bytes.
 */
export class EntrySealer {
  readonly #key: Uint8Array;
  readonly #cluster: Uint8Array;
  readonly #fillRandom: (bytes: Uint8Array<ArrayBuffer>) => void;

  /** `key` is the cluster's key: `CLUSTER_KEY_BYTES` bytes. */
  constructor(
    key: Uint8Array,
    cluster: string,
    fillRandom: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes),
  ) {
    if (key.length !== CLUSTER_KEY_BYTES) throw new RangeError(`A cluster's key has ${CLUSTER_KEY_BYTES} bytes`);
    this.#key = new Uint8Array(hkdfSync("sha256", key, "", "confab log", 32));
    this.#cluster = new TextEncoder().encode(cluster);
    this.#fillRandom = fillRandom;
  }

  /** Throws a `RangeError` if a number is too large, or the text has more than `MAX_SEALED_TEXT_BYTES`. */
  seal(s: number, n: number, text: string): Uint8Array<ArrayBuffer> {
    const nonce = this.#nonceOf(s, n);
    const plain = new TextEncoder().encode(text);
    if (plain.length > MAX_SEALED_TEXT_BYTES) throw new RangeError(`The text of an entry has ${plain.length} bytes`);
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(this.#context(VERSION, s, n));
    const sealed = new Uint8Array(SEAL_BYTES + plain.length);
    sealed[0] = VERSION;
    sealed.set(nonce, 1);
    sealed.set(cipher.update(plain), 1 + NONCE_BYTES);
    cipher.final();
    sealed.set(cipher.getAuthTag(), sealed.length - TAG_BYTES);
    return sealed;
  }

  /** Returns the text. Throws `EntryForged`, or `SealVersionUnknown` if only the version may be the reason. */
  open({ s, n, data }: LogEntry): string {
    if (data.length < SEAL_BYTES) throw new EntryForged({ s, n });
    if (data[0]! > VERSION) throw new SealVersionUnknown({ s, n }, data[0]!);
    try {
      const nonce = data.subarray(1, 1 + NONCE_BYTES);
      const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(this.#context(data[0]!, s, n));
      decipher.setAuthTag(data.subarray(data.length - TAG_BYTES));
      const plain = decipher.update(data.subarray(1 + NONCE_BYTES, data.length - TAG_BYTES));
      decipher.final();
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
    } catch (error) {
      throw new EntryForged({ s, n }, { cause: error });
    }
  }

  #nonceOf(s: number, n: number): Uint8Array<ArrayBuffer> {
    if (!isWithin(s, MAX_INCARNATION) || !isWithin(n, MAX_ENTRY_NUMBER)) {
      throw new RangeError(`Entry ${n} of incarnation ${s} cannot be sealed`);
    }
    const nonce = new Uint8Array(NONCE_BYTES);
    writeNumber(nonce.subarray(0, INCARNATION_BYTES), s);
    writeNumber(nonce.subarray(INCARNATION_BYTES, INCARNATION_BYTES + NUMBER_BYTES), n);
    this.#fillRandom(nonce.subarray(NONCE_BYTES - RANDOM_BYTES));
    return nonce;
  }

  /** The additional authenticated data: version, both numbers, the cluster's name. */
  #context(version: number, s: number, n: number): Uint8Array {
    const context = new Uint8Array(17 + this.#cluster.length);
    context[0] = version;
    writeNumber(context.subarray(1, 9), s);
    writeNumber(context.subarray(9, 17), n);
    context.set(this.#cluster, 17);
    return context;
  }
}

function isWithin(number: number, limit: number): boolean {
  return Number.isSafeInteger(number) && number >= 1 && number < limit;
}

/** Big-endian, over the whole of `bytes`. */
function writeNumber(bytes: Uint8Array, number: number): void {
  for (let at = bytes.length - 1; at >= 0; at--) {
    bytes[at] = number % 256;
    number = Math.floor(number / 256);
  }
}
