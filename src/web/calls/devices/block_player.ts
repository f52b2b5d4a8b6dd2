/** Samples that are asked for in advance, so that a busy page causes no gaps: 40 ms. */
const AHEAD_SAMPLES = 1_920;
/** Samples of a block. */
const ASKED_SAMPLES = 960;

/** Plays blocks one after the other, and asks for the next ones in time. Plays silence when there is none. */
export class BlockPlayer {
  readonly #ask: () => void;
  readonly #blocks: Float32Array[] = [];
  /** Samples of the first block that have been played. */
  #played = 0;
  #waiting = 0;
  #asked = 0;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Takes a block that was asked for. */
  add(block: Float32Array): void {
    if (this.#asked === 0) return;
    this.#asked--;
    this.#blocks.push(block);
    this.#waiting += block.length;
  }

  /** Fills the output with the next samples. */
  fill(output: Float32Array): void {
    let filled = 0;
    for (let block = this.#blocks[0]; block !== undefined && filled < output.length; block = this.#blocks[0]) {
      const part = block.subarray(this.#played, this.#played + output.length - filled);
      output.set(part, filled);
      filled += part.length;
      this.#played += part.length;
      if (this.#played < block.length) break;
      this.#blocks.shift();
      this.#played = 0;
    }
    output.fill(0, filled);
    this.#waiting -= filled;
    this.#askForMore();
  }

  #askForMore(): void {
    while (this.#waiting + this.#asked * ASKED_SAMPLES < AHEAD_SAMPLES) {
      this.#asked++;
      this.#ask();
    }
  }
}
