/**
 * Frames that only an end with the cluster's key can make and read: AES-256-GCM, a key for each direction, and the number of the frame
 * as nonce, which is not sent. So a frame that is changed, repeated, left out or out of order does not open.
 */

import { LinkFault } from "./link_fault.ts";

/** The end that opened the connection, or the one that accepted it. */
export type LinkRole = "dialer" | "listener";

/** The secret that all servers of a cluster share. */
export interface ClusterSecret {
  /** At least 32 random bytes. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** The name of the cluster. */
  readonly cluster: string;
}

/** Bytes that sealing adds to a frame. */
export const FRAME_SEAL_BYTES = 16;
/** The length of a nonce of AES-GCM: NIST SP 800-38D, section 8.2.1. */
const NONCE_BYTES = 12;
/** Frames under one key, after which the link ends and is opened again with new keys. */
const MAX_FRAMES = 2 ** 40;
const ENCODER = new TextEncoder();

/** The seals of one end of a connection. */
export interface LinkSeals {
  readonly sealer: FrameSealer;
  readonly opener: FrameOpener;
}

/**
 * Derives the keys of both directions by HKDF-SHA-256 (RFC 5869). `greetings`: the first frame of the dialer, and that of the
 * listener after it. They contain the random bytes of both.
 */
export async function deriveSeals(
  { key, cluster }: ClusterSecret,
  greetings: Uint8Array<ArrayBuffer>,
  role: LinkRole,
): Promise<LinkSeals> {
  const secret = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveKey"]);
  const derive = (sender: LinkRole, use: KeyUsage) => {
    const info = ENCODER.encode(`confab link 1 ${sender} ${cluster}`);
    const derivation = { name: "HKDF", hash: "SHA-256", salt: greetings, info };
    return crypto.subtle.deriveKey(derivation, secret, { name: "AES-GCM", length: 256 }, false, [use]);
  };
  const other = role === "dialer" ? "listener" : "dialer";
  const [sends, receives] = await Promise.all([derive(role, "encrypt"), derive(other, "decrypt")]);
  return { sealer: new FrameSealer(sends), opener: new FrameOpener(receives) };
}

/** Seals frames in the order in which they are sent. */
export class FrameSealer {
  readonly #key: CryptoKey;
  #count = 0;

  constructor(key: CryptoKey) {
    this.#key = key;
  }

  async seal(frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const iv = nonceOf(this.#count++);
    return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#key, frame));
  }
}

/** Opens frames in the order in which they have arrived. */
export class FrameOpener {
  readonly #key: CryptoKey;
  #count = 0;

  constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** Rejects with a `LinkFault` for any other frame than the next one of the other end. */
  async open(frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const iv = nonceOf(this.#count++);
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.#key, frame));
    } catch (cause) {
      throw new LinkFault("forged", "A frame was changed, repeated or left out on its way", { cause });
    }
  }
}

function nonceOf(count: number): Uint8Array<ArrayBuffer> {
  if (count >= MAX_FRAMES) throw new LinkFault("closed", "The keys of the link are used up");
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setBigUint64(NONCE_BYTES - 8, BigInt(count));
  return nonce;
}
