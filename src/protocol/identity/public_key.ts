/** Public keys and signatures of Ed25519 (RFC 8032) as they are on the wire: base64url without padding. */

import { fromBase64Url } from "./base64url.ts";

export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** Characters of both on the wire. */
const KEY_CHARS = 43;
const SIGNATURE_CHARS = 86;

/**
 * The y coordinates of the points whose order is 1, 2, 4 or 8, as hexadecimal little-endian bytes. For a key of small
 * order, signatures exist that are valid for many texts: RFC 8032, section 8.9, and RFC 7748, section 7.
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
]);

/** The bytes of a public key; `undefined` if the text is not one, or if the key is weak. */
export function publicKeyBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = text.length === KEY_CHARS ? fromBase64Url(text) : undefined;
  return bytes === undefined || isWeakKey(bytes) ? undefined : bytes;
}

/** The bytes of a signature; `undefined` if the text is not one. The signature may still be false. */
export function signatureBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.length === SIGNATURE_CHARS ? fromBase64Url(text) : undefined;
}

/**
 * True for bytes that must not be used as an Ed25519 key: a wrong length, a point of small order, or a coordinate that
 * is not below 2^255 - 19, which gives one point two names (RFC 8032, section 5.1.3).
 */
export function isWeakKey(key: Uint8Array): boolean {
  if (key.length !== KEY_BYTES) return true;
  const y = Array.from(key);
  // The highest bit is the sign of x, and both signs have the same order.
  y[31]! &= 0x7f;
  const isReduced = y[0]! < 0xed || y[31] !== 0x7f || y.slice(1, 31).some((byte) => byte !== 0xff);
  return !isReduced || SMALL_ORDER.has(y.map((byte) => byte.toString(16).padStart(2, "0")).join(""));
}
