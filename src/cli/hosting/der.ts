/** Writes DER (ITU-T X.690), as much of it as a certificate takes. */

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

/** A context-specific element, constructed: it holds others. */
export function explicit(number: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0xa0 | number, ...parts);
}

/** A context-specific element, primitive: its tag replaces the one of its content. */
export function implicit(number: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(0x80 | number, content);
}

export function boolean(value: boolean): Uint8Array<ArrayBuffer> {
  return element(TAGS.boolean, Uint8Array.of(value ? 0xff : 0));
}

/** A non-negative integer, from its bytes in big-endian order: as few as possible, the sign bit clear. */
export function unsigned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  return element(TAGS.integer, digits[0]! >= 0x80 ? concat([Uint8Array.of(0), digits]) : digits);
}

/** Whole bytes: no bit of the last one is unused. */
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

/** To the second, in UTC. RFC 5280, section 4.1.2.5: a year of two digits up to 2049, of four from 2050 on. */
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

/** Below 128 the length itself; else how many bytes it has, and those. */
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
