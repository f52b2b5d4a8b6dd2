import {
  MAX_MEDIA_DROPPED,
  MEDIA_BURST_BYTES,
  MEDIA_BURST_FRAMES,
  MEDIA_BYTES_PER_SECOND,
  MEDIA_FRAMES_PER_SECOND,
} from "../../protocol/limits.ts";

/** What a member may send into a call: bytes and frames, in place of the rate of messages. */
export class MediaQuota {
  #bytes = MEDIA_BURST_BYTES;
  #frames = MEDIA_BURST_FRAMES;
  #refilledAt: number;
  #dropped = 0;

  /** `now` is in milliseconds of a monotonic clock, here and below. */
  constructor(now: number) {
    this.#refilledAt = now;
  }

  /** Whether so many frames were dropped that the connection must end. They are forgiven as the quota fills again. */
  get isExhausted(): boolean {
    return this.#dropped > MAX_MEDIA_DROPPED;
  }

  /** Counts a frame; false if it must be dropped. */
  take(bytes: number, now: number): boolean {
    this.#refill(now);
    if (this.#frames < 1 || this.#bytes < bytes) {
      this.#dropped++;
      return false;
    }
    this.#frames--;
    this.#bytes -= bytes;
    return true;
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#refilledAt) / 1000;
    this.#refilledAt = now;
    this.#bytes = Math.min(MEDIA_BURST_BYTES, this.#bytes + seconds * MEDIA_BYTES_PER_SECOND);
    this.#frames = Math.min(MEDIA_BURST_FRAMES, this.#frames + seconds * MEDIA_FRAMES_PER_SECOND);
    this.#dropped = Math.max(0, this.#dropped - seconds * MEDIA_FRAMES_PER_SECOND);
  }
}
