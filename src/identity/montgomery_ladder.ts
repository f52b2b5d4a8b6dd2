/**
 * X25519 in integers of any size: the algorithm of RFC 7748, section 5, line by line. It is for pages without Web Crypto,
 * and its time depends on the key a little: who could measure that there can change the page as well.
 */

const BITS = 255n;
const P = (1n << BITS) - 19n;
const A24 = 121665n;
/** The u coordinate of the base point, in little-endian bytes. */
export const BASE_POINT = Uint8Array.from({ length: 32 }, (_, index) => index === 0 ? 9 : 0);

/** Multiplies the point `u` by `scalar`, each of 32 bytes. All bytes are zero for a point of small order. */
export function x25519(scalar: Uint8Array, u: Uint8Array): Uint8Array<ArrayBuffer> {
  const k = fromBytes(clamp(scalar));
  const x1 = (fromBytes(u) & (1n << BITS) - 1n) % P;
  let [x2, z2, x3, z3] = [1n, 0n, x1, 1n];
  let swap = 0n;
  for (let bit = BITS - 1n; bit >= 0n; bit--) {
    const isSet = k >> bit & 1n;
    if (swap !== isSet) [x2, x3, z2, z3] = [x3, x2, z3, z2];
    swap = isSet;
    const aa = mod((x2 + z2) ** 2n);
    const bb = mod((x2 - z2) ** 2n);
    const e = aa - bb;
    const da = (x3 - z3) * (x2 + z2);
    const cb = (x3 + z3) * (x2 - z2);
    x3 = mod((da + cb) ** 2n);
    z3 = mod(x1 * mod((da - cb) ** 2n));
    x2 = mod(aa * bb);
    z2 = mod(e * (aa + A24 * e));
  }
  if (swap === 1n) [x2, z2] = [x3, z3];
  return toBytes(mod(x2 * power(z2, P - 2n)));
}

function clamp(scalar: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(scalar);
  bytes[0]! &= 248;
  bytes[31]! = bytes[31]! & 127 | 64;
  return bytes;
}

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

function fromBytes(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => value << 8n | BigInt(byte), 0n);
}

function toBytes(value: bigint): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 32 }, (_, index) => Number(value >> BigInt(8 * index) & 255n));
}
