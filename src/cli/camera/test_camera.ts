import type { Camera, VideoForm, VideoPicture } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import { JpegEncoder } from "../../pictures/jpeg_encoder.ts";
import { TEST_PICTURES, testPicture } from "../../pictures/test_picture.ts";

const QUALITY = 75;

/**
 * A moving test picture that the program makes itself. The number in it is its time: tenths of a second since the epoch, modulo
 * `TEST_PICTURES`. So another clock of the same machine tells how old a picture is.
 */
export class TestCamera implements Camera {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async *pictures({ width, height, rate }: VideoForm, signal: AbortSignal): AsyncGenerator<VideoPicture> {
    using encoder = new JpegEncoder(this.#clock);
    while (!signal.aborted) {
      const tenths = Math.floor(this.#clock.wall() / 100);
      const jpeg = await encoder.encode(testPicture({ width, height }, tenths % TEST_PICTURES), QUALITY);
      if (signal.aborted) return;
      yield { width, height, jpeg };
      const interval = 1_000 / rate;
      // A timer may fire a little early.
      await this.#pause(interval - this.#clock.wall() % interval + 1, signal);
    }
  }

  /** Resolves after so many milliseconds, or when the signal is aborted. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = () => resolve();
    signal.addEventListener("abort", stop, { once: true });
    this.#clock.after(ms, resolve, signal);
    await promise;
    signal.removeEventListener("abort", stop);
  }
}
