import { MIN_TRANSFER_BYTES, TRANSFER_LAPSE_MS } from "../../protocol/limits.ts";

/** Notices when a link moves too few bytes: fewer than `MIN_TRANSFER_BYTES` in `TRANSFER_LAPSE_MS`. */
export class ProgressWatch {
  #at: number;
  #bytes: number;

  /** `now` in milliseconds of a monotonic clock; `bytes` that the link has moved so far. */
  constructor(now: number, bytes: number) {
    this.#at = now;
    this.#bytes = bytes;
  }

  /** Starts the time again. */
  reset(now: number, bytes: number): void {
    this.#at = now;
    this.#bytes = bytes;
  }

  /** Whether the time is over. Called once a second. */
  isStalled(now: number, bytes: number): boolean {
    if (bytes - this.#bytes >= MIN_TRANSFER_BYTES) this.reset(now, bytes);
    return now - this.#at >= TRANSFER_LAPSE_MS;
  }
}
