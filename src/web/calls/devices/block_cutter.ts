/** Samples of `BLOCK_SAMPLES` blocks: the audio thread knows no module of the page. */
const BLOCK_LENGTH = 960;

/** Cuts samples, which come a few at a time, into blocks of 20 ms. */
export class BlockCutter {
  readonly #take: (block: Float32Array<ArrayBuffer>) => void;
  #block = new Float32Array(BLOCK_LENGTH);
  #length = 0;

  constructor(take: (block: Float32Array<ArrayBuffer>) => void) {
    this.#take = take;
  }

  add(samples: Float32Array): void {
    for (let start = 0; start < samples.length;) {
      const part = samples.subarray(start, start + BLOCK_LENGTH - this.#length);
      this.#block.set(part, this.#length);
      this.#length += part.length;
      start += part.length;
      if (this.#length === BLOCK_LENGTH) this.#pass();
    }
  }

  #pass(): void {
    const block = this.#block;
    this.#block = new Float32Array(BLOCK_LENGTH);
    this.#length = 0;
    this.#take(block);
  }
}
