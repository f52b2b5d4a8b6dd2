/** How long the last packets of a stream were on their way, compared with the fastest of them. */

/** 5 s of speech: as long as a slow moment of the network is remembered. */
const WINDOW = 256;
/** So many of a hundred packets shall arrive in time. */
const IN_TIME_PERCENT = 95;

/** A window of the last offsets: the time of arrival minus the time of sending, by two clocks that need not agree. */
export class ArrivalDelays {
  readonly #offsets = new Float64Array(WINDOW);
  #count = 0;
  #next = 0;
  #fastest = 0;
  #spread = 0;

  /** The smallest offset in milliseconds. 0 if there is none. */
  get fastest(): number {
    return this.#fastest;
  }

  /** In so many milliseconds after the fastest, 95 of 100 packets arrive. */
  get spread(): number {
    return this.#spread;
  }

  add(offset: number): void {
    this.#offsets[this.#next] = offset;
    this.#next = (this.#next + 1) % WINDOW;
    this.#count = Math.min(this.#count + 1, WINDOW);
    const sorted = this.#offsets.slice(0, this.#count).sort();
    this.#fastest = sorted[0]!;
    this.#spread = sorted[Math.floor((this.#count - 1) * IN_TIME_PERCENT / 100)]! - this.#fastest;
  }

  clear(): void {
    this.#count = 0;
    this.#next = 0;
    this.#fastest = 0;
    this.#spread = 0;
  }
}
