/** 128 KiB, a byte for each of 131,072 acknowledgements: one in fifty that are not among them seems to be. */
const FILTER_BITS = 2 ** 20;
export const FILTER_BYTES = FILTER_BITS / 8;
const PROBES = 5;

/** Tells which acknowledgements are certainly not in some generations: a Bloom filter. Nearly every ref that is looked up is new. */
export class AckFilter {
  readonly bytes: Uint8Array;

  /** Goes on with what `bytes` of another one were, if given. */
  constructor(bytes: Uint8Array = new Uint8Array(FILTER_BYTES)) {
    this.bytes = bytes;
  }

  add(hash: number): void {
    const step = stepOf(hash);
    for (let probe = 0, place = hash; probe < PROBES; probe++, place += step) {
      const bit = place & (FILTER_BITS - 1);
      this.bytes[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  mayHave(hash: number): boolean {
    const step = stepOf(hash);
    for (let probe = 0, place = hash; probe < PROBES; probe++, place += step) {
      const bit = place & (FILTER_BITS - 1);
      if ((this.bytes[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** 32 bits that stand for a member's ref: FNV-1a, stirred. Never change it: filters are kept on disk. */
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
