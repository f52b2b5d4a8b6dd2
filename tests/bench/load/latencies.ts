/** A histogram of times in buckets narrower than one part in 250. Its memory does not grow with the number of times. */

const MANTISSA_BITS_LEFT_OUT = 15;

export class Latencies {
  maxMs = 0;
  #count = 0;
  /** The bucket of a number: its exponent and the upper bits of its mantissa. */
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

  /** Returns the quantile, such as 0.99 for the 99th percentile; 0 without times. */
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
