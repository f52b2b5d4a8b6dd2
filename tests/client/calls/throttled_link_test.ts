import { assert, assertEquals } from "@std/assert";
import type { Camera, MediaSocket, VideoForm } from "../../../src/client/calls/call_ports.ts";
import { CallVideo } from "../../../src/client/calls/call_video.ts";
import { MediaLink } from "../../../src/client/calls/media_link.ts";
import { decodeMediaFrame, encodeMediaFrame } from "../../../src/protocol/calls/media_frame.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

/** A link whose other end takes so many bytes a second, and confirms each picture when it has all of it. */
class ThrottledSocket implements MediaSocket {
  readonly #clock: FakeClock;
  readonly #messages: (string | Uint8Array<ArrayBuffer>)[] = ['{"type":"media","call":"c","stream":0}'];
  #wake = Promise.withResolvers<void>();
  #closed = false;
  /** When all that was sent has arrived. */
  #busyUntil = 0;
  bytesPerSecond = 1e6;
  /** Ages of the pictures in milliseconds when they have arrived, the newest last, and their sizes. */
  readonly arrived: { readonly at: number; readonly age: number; readonly width: number }[] = [];
  readonly queuedBytes = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async *#read(): AsyncGenerator<string | Uint8Array<ArrayBuffer>> {
    while (!this.#closed) {
      while (this.#messages.length > 0) yield this.#messages.shift()!;
      await this.#wake.promise;
    }
  }

  get messages(): AsyncIterable<string | Uint8Array<ArrayBuffer>> {
    return this.#read();
  }

  send(message: string | Uint8Array<ArrayBuffer>): void {
    if (typeof message === "string") return;
    const frame = decodeMediaFrame(message);
    const start = Math.max(this.#clock.now(), this.#busyUntil);
    this.#busyUntil = start + 1_000 * message.length / this.bytesPerSecond;
    this.#clock.after(this.#busyUntil - this.#clock.now(), () => {
      if (frame.kind !== "video") return;
      const now = this.#clock.now();
      this.arrived.push({ at: now, age: now - frame.time - BEGAN, width: frame.width });
      this.#messages.push(encodeMediaFrame({ kind: "got", stream: 0, time: frame.time, of: "video" }));
      this.#changed();
    });
  }

  close(): void {
    this.#closed = true;
    this.#changed();
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

const BEGAN = new FakeClock().now();

/** A camera that gives ten pictures a second, whatever it is asked for: 2,500 bytes each, or 900 if they are small. */
class SteadyCamera implements Camera {
  form: VideoForm | undefined;
  #take: (() => void) | undefined;

  async *pictures(form: VideoForm, signal: AbortSignal) {
    this.form = form;
    while (!signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#take = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      if (signal.aborted) return;
      const { width, height } = form;
      yield { width, height, jpeg: new Uint8Array(width < 160 ? 900 : 2_500) };
    }
  }

  shoot(): void {
    this.#take?.();
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** Films over a link that the test throttles. */
async function film(use: (film: (seconds: number, bytesPerSecond: number) => Promise<Filmed>) => Promise<void>) {
  const clock = new FakeClock();
  const socket = new ThrottledSocket(clock);
  const open = () => Promise.resolve(socket);
  const camera = new SteadyCamera();
  const filmed: CallVideo = new CallVideo({
    camera,
    link: () => link,
    time: () => clock.now() - BEGAN,
    picture: () => {},
    failed: (text) => assert(false, text),
  });
  const link: MediaLink = new MediaLink({ call: "c", open, clock, changed: () => {}, received: () => {} }, "t");
  await turns();
  filmed.switch(true);
  await use(async (seconds, bytesPerSecond) => {
    socket.bytesPerSecond = bytesPerSecond;
    const from = clock.now();
    for (let nth = 0; nth < seconds * 10; nth++) {
      camera.shoot();
      await turns();
      clock.advance(100);
      await turns();
    }
    const last = socket.arrived.filter(({ at }) => at > Math.max(from, clock.now() - 5_000));
    return { rate: last.length / 5, oldest: Math.max(...last.map(({ age }) => age)), form: camera.form! };
  });
  filmed.switch(false);
  link.close();
  await turns();
}

interface Filmed {
  /** Pictures a second, and the greatest age of one at its arrival, in the last five seconds. */
  readonly rate: number;
  readonly oldest: number;
  readonly form: VideoForm;
}

Deno.test("a link that takes all pictures gets ten a second at once", async () => {
  await film(async (film) => {
    const { rate, oldest, form } = await film(10, 1e6);
    assertEquals([form.width, Math.round(rate)], [160, 10]);
    assert(oldest < 100, `${oldest} ms`);
  });
});

Deno.test("a throttled link gets fewer pictures, then smaller ones, none of them old, and all again when it is free", async () => {
  await film(async (film) => {
    const half = await film(30, 14_000);
    assert(half.rate > 3.5 && half.rate < 7, `${half.rate} a second`);
    assert(half.oldest < 700, `${half.oldest} ms`);
    const slow = await film(40, 3_000);
    assertEquals(slow.form.width, 80);
    assert(slow.rate >= 1.6 && slow.rate <= 2.4, `${slow.rate} a second`);
    assert(slow.oldest < 1_000, `${slow.oldest} ms`);
    const free = await film(60, 1e6);
    assertEquals([free.form.width, Math.round(free.rate)], [160, 10]);
  });
});
