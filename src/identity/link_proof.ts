/**
 * How two devices notice a server that lies while one of them is linked: by a secret that the server never saw (HMAC with
 * SHA-256, RFC 2104), or by words that two people compare.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { fromBase64Url, toBase64Url } from "../protocol/identity/base64url.ts";

/** Bytes of the secret in a QR code. */
export const LINK_SECRET_BYTES = 16;
/** Words to compare, each one of 2,048: together 66 bits. */
export const COMPARED_WORDS = 6;
const WORD_BITS = 11;

/** The proof of the text, in base64url. `secret` is in base64url too. */
export function linkProof(secret: string, text: string): string {
  return toBase64Url(new Uint8Array(hmac(sha256, fromBase64Url(secret) ?? new Uint8Array(), utf8(text))));
}

/** Whether the proof is that of the text. Takes the same time wherever the two differ. */
export function isLinkProof(proof: string | undefined, secret: string, text: string): boolean {
  const expected = linkProof(secret, text);
  if (proof?.length !== expected.length) return false;
  let difference = 0;
  for (let index = 0; index < proof.length; index++) difference |= proof.charCodeAt(index) ^ expected.charCodeAt(index);
  return difference === 0;
}

/** The words that both devices show: of the first bits of the digest of the text, `WORD_BITS` for each (BIP 39's list). */
export function comparedWords(text: string): string[] {
  const bits = Array.from(sha256(utf8(text)), (byte) => byte.toString(2).padStart(8, "0")).join("");
  const numbers = Array.from(
    { length: COMPARED_WORDS },
    (_, index) => bits.slice(index * WORD_BITS, (index + 1) * WORD_BITS),
  );
  return numbers.map((number) => wordlist[parseInt(number, 2)]!);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
