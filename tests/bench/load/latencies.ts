/** Counts times in buckets that are less than one part in 250 wide: so many can be added that none could be kept. */

const MANTISSA_BITS_LEFT_OUT = 15;

export class Latencies {
  maxMs = 0;
  #count = 0;
  /** A number's exponent and the upper bits of its mantissa are its bucket. */
  readonly #float = new Float32Array(1);
  readonly #bits = new Uint32Array(this.#float.buffer);
  readonly #buckets = new Uint32Array(1 << (32 - MANTISSA_BITS_LEFT_OUT - 1));

  add(ms: number): void {
    const positive = ms > 0 ? ms : 0;
    if (positive > this.maxMs) this.maxMs = positive;
    this.#float[0] = positive;
    const bucket = this.#bits[0]! >>> MANTISSA_BITS_LEFT_OUT;
    this.#buckets[bucket] = this.#buckets[bucket]! + 1;
    this.#count++;
  }

  clear(): void {
    this.maxMs = this.#count = 0;
    this.#buckets.fill(0);
  }

  /** Within which that part of all were, such as 0.99; 0 where there are none. */
  quantileMs(part: number): number {
    const rank = Math.min(this.#count - 1, Math.floor(part * this.#count));
    let below = 0;
    for (let bucket = 0; bucket < this.#buckets.length && rank >= 0; bucket++) {
      below += this.#buckets[bucket]!;
      if (below > rank) return this.#middleOf(bucket);
    }
    return 0;
  }

  #middleOf(bucket: number): number {
    this.#bits[0] = bucket === 0 ? 0 : (bucket << MANTISSA_BITS_LEFT_OUT) | (1 << (MANTISSA_BITS_LEFT_OUT - 1));
    return this.#float[0]!;
  }
}
