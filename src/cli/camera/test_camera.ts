import type { Camera, VideoForm, VideoPicture } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import { JpegEncoder } from "../../pictures/jpeg_encoder.ts";
import { TEST_PICTURES, testPicture } from "../../pictures/test_picture.ts";

const QUALITY = 75;

/** A moving test picture that the program makes itself. The number in it counts the pictures since the start. */
export class TestCamera implements Camera {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async *pictures({ width, height, rate }: VideoForm, signal: AbortSignal): AsyncGenerator<VideoPicture> {
    using encoder = new JpegEncoder(this.#clock);
    const start = this.#clock.now();
    for (let nth = 0; !signal.aborted; nth = this.#due(start, rate)) {
      const jpeg = await encoder.encode(testPicture({ width, height }, nth % TEST_PICTURES), QUALITY);
      if (signal.aborted) return;
      yield { width, height, jpeg };
      await this.#until(start + 1_000 * (this.#due(start, rate) + 1) / rate, signal);
    }
  }

  /** The number of the picture of this moment. */
  #due(start: number, rate: number): number {
    return Math.floor((this.#clock.now() - start) * rate / 1_000);
  }

  /** Resolves at that time, or when the signal is aborted. */
  async #until(time: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = () => resolve();
    signal.addEventListener("abort", stop, { once: true });
    this.#clock.after(Math.max(0, time - this.#clock.now()), resolve, signal);
    await promise;
    signal.removeEventListener("abort", stop);
  }
}
