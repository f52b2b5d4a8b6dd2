import type { VideoForm } from "../../protocol/calls/media_frame.ts";

/** What is sent before anybody has said what they can draw. */
export const DEFAULT_VIDEO: VideoForm = { width: 160, height: 90, rate: 10 };
/** Nothing is worse than this. */
const SMALLEST = { width: 80, height: 48 };
const SLOWEST_RATE = 2;
/** A rate is tried for so long before it is judged: what waited before has left by then. */
const TRIAL_MS = 2_000;
/** After so long without a late picture a better step is tried; the pause doubles each time that fails. */
const RECOVERY_MS = 4_000;
const MAX_RECOVERY_MS = 32_000;
/** A camera that is asked for ten pictures a second gives some of them a little early. */
const EARLY = 0.8;

/**
 * The size and rate at which a camera's pictures are sent: what the others ask for, and less while the link cannot take it. When
 * a picture is due and the one before has not left, it is late: the rate is halved, down to two a second, then the size. It comes
 * back up step by step. All times are in milliseconds of a clock that does not jump.
 */
export class VideoPacer {
  readonly #demands = new Map<number, VideoForm>();
  /** How many times the rate was halved, and at the end 1 more for the size. */
  #step = 0;
  #steppedAt = -Infinity;
  #lateAt = -Infinity;
  #recovery = RECOVERY_MS;
  /** Whether the last step was one up, which has not proved itself yet. */
  #isTrial = false;
  #nextAt = -Infinity;

  /** What to ask of the camera. A rate of 0: nobody wants pictures. */
  get form(): VideoForm {
    const { width, height, rate } = this.#wanted;
    if (rate === 0) return { width, height, rate };
    const halved = Math.max(SLOWEST_RATE, rate / 2 ** this.#step);
    const isSmallest = this.#step > stepsOf(rate);
    const size = isSmallest
      ? { width: Math.min(width, SMALLEST.width), height: Math.min(height, SMALLEST.height) }
      : { width, height };
    return { ...size, rate: Math.min(rate, halved) };
  }

  /** Notes what the receiver with this stream can draw; `undefined` when they have left. */
  demand(stream: number, form: VideoForm | undefined): void {
    if (form === undefined) this.#demands.delete(stream);
    else this.#demands.set(stream, form);
  }

  /** Whether to send a picture that the camera has taken now. `isFree`: the picture before it has left. */
  take(now: number, isFree: boolean): boolean {
    const { rate } = this.form;
    if (rate === 0 || now < this.#nextAt) return false;
    this.#nextAt = now + EARLY * 1_000 / rate;
    if (isFree) this.#recover(now);
    else this.#late(now);
    return true;
  }

  /** The link is new: what was learnt of the last one does not count. */
  reset(): void {
    this.#step = 0;
    this.#isTrial = false;
    this.#recovery = RECOVERY_MS;
    this.#steppedAt = this.#lateAt = this.#nextAt = -Infinity;
  }

  get #wanted(): VideoForm {
    const forms = [...this.#demands.values()];
    if (forms.length === 0) return DEFAULT_VIDEO;
    return {
      width: Math.max(...forms.map(({ width }) => width)),
      height: Math.max(...forms.map(({ height }) => height)),
      rate: Math.max(...forms.map(({ rate }) => rate)),
    };
  }

  #late(now: number): void {
    this.#lateAt = now;
    if (now - this.#steppedAt < TRIAL_MS) return;
    if (this.#isTrial) this.#recovery = Math.min(MAX_RECOVERY_MS, this.#recovery * 2);
    this.#isTrial = false;
    this.#step = Math.min(stepsOf(this.#wanted.rate) + 1, this.#step + 1);
    this.#steppedAt = now;
  }

  #recover(now: number): void {
    const calm = now - Math.max(this.#steppedAt, this.#lateAt);
    if (this.#isTrial && calm >= RECOVERY_MS) {
      // The last step has proved itself.
      this.#isTrial = false;
      this.#recovery = RECOVERY_MS;
    }
    if (this.#step === 0 || calm < this.#recovery) return;
    this.#isTrial = true;
    this.#step--;
    this.#steppedAt = now;
  }
}

/** How many times the rate can be halved. */
function stepsOf(rate: number): number {
  return Math.max(0, Math.ceil(Math.log2(rate / SLOWEST_RATE)));
}
