/** 128 KiB: one byte for each of 131,072 acknowledgements, which gives 2% false positives. */
const FILTER_BITS = 2 ** 20;
export const FILTER_BYTES = FILTER_BITS / 8;
const PROBES = 5;

/**
 * A Bloom filter of the acknowledgements in some generations. It answers most lookups without the table,
 * because nearly every ref that is looked up is new.
 */
export class AckFilter {
  readonly bytes: Uint8Array;

  /** An empty filter, or one that continues with the `bytes` of an earlier filter. */
  constructor(bytes: Uint8Array = new Uint8Array(FILTER_BYTES)) {
    this.bytes = bytes;
  }

  add(hash: number): void {
    const step = stepOf(hash);
    for (let probe = 0, position = hash; probe < PROBES; probe++, position += step) {
      const bit = position & (FILTER_BITS - 1);
      this.bytes[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  mayHave(hash: number): boolean {
    const step = stepOf(hash);
    for (let probe = 0, position = hash; probe < PROBES; probe++, position += step) {
      const bit = position & (FILTER_BITS - 1);
      if ((this.bytes[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/**
 * A 32-bit hash of a member's ref: FNV-1a with the finalizer
 * of MurmurHash3. Never change it: files contain filters.
 */
export function ackHash(person: number, ref: string): number {
  let hash = Math.imul(0x811c9dc5 ^ person, 0x01000193);
  for (let index = 0; index < ref.length; index++) hash = Math.imul(hash ^ ref.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function stepOf(hash: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 14) | 1;
}
