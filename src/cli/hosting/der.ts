/** Writes DER (ITU-T X.690), limited to the elements of a certificate. */

const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One element: tag, length, content. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concat(parts);
  return concat([Uint8Array.of(tag, ...lengthBytes(content.length)), content]);
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(TAGS.sequence, ...parts);
}

export function set(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(TAGS.set, ...parts);
}

/** A constructed context-specific element, which contains others. */
export function explicit(number: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0xa0 | number, ...parts);
}

/** A primitive context-specific element, whose tag replaces that of its content. */
export function implicit(number: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(0x80 | number, content);
}

export function boolean(value: boolean): Uint8Array<ArrayBuffer> {
  return element(TAGS.boolean, Uint8Array.of(value ? 0xff : 0));
}

/** A non-negative integer from its big-endian bytes, in the shortest form with the sign bit clear. */
export function unsigned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return element(TAGS.integer, digits[0]! >= 0x80 ? concat([Uint8Array.of(0), digits]) : digits);
}

/** A bit string of whole bytes: no bit of the last byte is unused. */
export function bitString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(TAGS.bits, Uint8Array.of(0), bytes);
}

export function octetString(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(TAGS.octets, bytes);
}

export function utf8String(text: string): Uint8Array<ArrayBuffer> {
  return element(TAGS.utf8, new TextEncoder().encode(text));
}

/** An object identifier such as `2.5.4.3`. */
export function oid(dotted: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(TAGS.oid, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/**
 * A time in UTC, to the second, with a two-digit year up to 2049 and a four-digit year after (RFC
 * 5280, section 4.1.2.5).
 */
export function time(date: Date): Uint8Array<ArrayBuffer> {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, "")}Z`;
  const isShort = date.getUTCFullYear() < 2050;
  const text = new TextEncoder().encode(isShort ? digits.slice(2) : digits);
  return element(isShort ? TAGS.utcTime : TAGS.generalizedTime, text);
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | rest & 0x7f);
  return bytes;
}

/** The length itself if below 128; otherwise the number of its bytes, and the bytes. */
function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
