/** Base64url without padding (RFC 4648, section 5), in the one form that each byte sequence has. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    bits = (bits << 8 | byte) & 0xffff;
    for (held += 8; held >= 6; held -= 6) text += ALPHABET[bits >> (held - 6) & 63];
  }
  return held === 0 ? text : text + ALPHABET[bits << (6 - held) & 63];
}

/** Returns `undefined` for padding, other characters, and unused bits that are not zero. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(Math.floor(text.length * 6 / 8));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const char of text) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) return undefined;
    bits = (bits << 6 | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[length++] = bits >> held & 0xff;
  }
  const isCanonical = held < 6 && (bits & (1 << held) - 1) === 0;
  return isCanonical ? bytes : undefined;
}
