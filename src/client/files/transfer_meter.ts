import { TRANSFER_PROGRESS_MS, TRANSFER_RATE_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

/** Measures how far a transfer is, and how fast it was in the last `TRANSFER_RATE_MS`. */
export class TransferMeter {
  readonly #clock: Pick<Clock, "now">;
  readonly #size: number;
  /** Oldest first, at least `TRANSFER_PROGRESS_MS` apart. */
  #samples: readonly Sample[] = [];
  #bytes = 0;

  constructor(clock: Pick<Clock, "now">, size: number) {
    this.#clock = clock;
    this.#size = size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes per second; 0 before it is known. */
  get rate(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at === first.at) return 0;
    return Math.max(0, (last.bytes - first.bytes) * 1_000 / (last.at - first.at));
  }

  /** Milliseconds until the end at this rate; `undefined` before it is known. */
  get leftMs(): number | undefined {
    const { rate } = this;
    return rate === 0 ? undefined : Math.max(0, this.#size - this.#bytes) * 1_000 / rate;
  }

  /** Takes the bytes moved so far. Returns whether it is time to tell others. */
  record(bytes: number): boolean {
    const at = this.#clock.now();
    // Another attempt has begun: what it need not move again says nothing about its rate.
    if (bytes < this.#bytes) this.reset();
    this.#bytes = bytes;
    const last = this.#samples.at(-1);
    if (last !== undefined && at - last.at < TRANSFER_PROGRESS_MS) return bytes === this.#size;
    this.#samples = [...this.#samples, { at, bytes }].filter((sample) => at - sample.at <= TRANSFER_RATE_MS);
    return true;
  }

  /** Forgets the rate: the transfer pauses. */
  reset(): void {
    this.#samples = [];
  }
}
