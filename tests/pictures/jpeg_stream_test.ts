import { assert, assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "../../src/client/clock.ts";
import { JpegEncoder } from "../../src/pictures/jpeg_encoder.ts";
import { JpegStream, type StreamPicture } from "../../src/pictures/jpeg_stream.ts";
import {
  CODEC_REST_MS,
  FIRST_PICTURE_MS,
  MAX_CODEC_FAILURES,
  PictureCodec,
  STREAM_PICTURE_MS,
} from "../../src/pictures/picture_codec.ts";
import { readTestPicture, testPicture } from "../../src/pictures/test_picture.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { smallPicture } from "../helpers/small_pictures.ts";

const SIZE = { width: 160, height: 120 };
const BOX = { width: 64, height: 64 };

async function encoded(...numbers: readonly number[]): Promise<StreamPicture[]> {
  using encoder = new JpegEncoder(systemClock);
  const pictures: StreamPicture[] = [];
  for (const nth of numbers) pictures.push({ ...SIZE, jpeg: await encoder.encode(testPicture(SIZE, nth), 70) });
  return pictures;
}

const [FIRST, SECOND, THIRD] = await encoded(1, 2, 43_690) as [StreamPicture, StreamPicture, StreamPicture];

Deno.test("pictures of a stream fill the box, keep their shape, and can be read", async () => {
  using stream = new JpegStream(systemClock);
  for (const [picture, nth] of [[FIRST, 1], [THIRD, 43_690], [SECOND, 2]] as const) {
    const decoded = await stream.decode(picture, BOX);
    assert(decoded !== undefined);
    assertEquals([decoded.width, decoded.height, decoded.bytes.length], [64, 48, 3 * 64 * 48]);
    assertEquals(readTestPicture(decoded), nth);
  }
  const large = await stream.decode(FIRST, { width: 1_000, height: 300 });
  assertEquals([large?.width, large?.height], [400, 300]);
});

Deno.test("the newest picture waits, and older ones are dropped", async () => {
  using stream = new JpegStream(systemClock);
  const decoding = [FIRST, SECOND, FIRST, THIRD].map((picture) => stream.decode(picture, BOX));
  const decoded = await Promise.all(decoding);
  assertEquals(decoded.map((picture) => picture && readTestPicture(picture)), [1, undefined, undefined, 43_690]);
});

Deno.test("a picture of another size than said, or of another kind, never reaches the decoder", async () => {
  using stream = new JpegStream(systemClock, new PictureCodec(systemClock, () => assertNever()));
  const png = smallPicture("image/png");
  const cases: readonly [StreamPicture, string][] = [
    [{ ...FIRST, width: 161 }, "The picture has 160 × 120 pixels and not 161 × 120 as said"],
    [{ ...FIRST, height: 0 }, "The picture has 160 × 120 pixels and not 160 × 0 as said"],
    [{ width: 8, height: 6, jpeg: png }, "The picture is no JPEG file"],
    [{ ...SIZE, jpeg: FIRST.jpeg.slice(0, 100) }, "The picture is no JPEG file"],
    [{ ...SIZE, jpeg: new Uint8Array(0) }, "The picture is no JPEG file"],
  ];
  for (const [picture, message] of cases) await assertRejects(() => stream.decode(picture, BOX), Error, message);
});

Deno.test("a picture above the limit never reaches the decoder", async () => {
  using stream = new JpegStream(systemClock, new PictureCodec(systemClock, () => assertNever()));
  for (const [width, height] of [[641, 360], [640, 361], [65_535, 1], [0, 120]] as const) {
    const message = `The picture has ${width} × ${height} pixels: the most are 640 × 360`;
    await assertRejects(() => stream.decode(resized(width, height), BOX), Error, message);
  }
});

function assertNever(): never {
  throw new Error("The decoder was asked");
}

/** The first picture with another size in its head. */
function resized(width: number, height: number): StreamPicture {
  const jpeg = FIRST.jpeg.slice();
  const at = jpeg.findIndex((byte, nth) => byte === 0xff && (jpeg[nth + 1] === 0xc0 || jpeg[nth + 1] === 0xc2));
  const view = new DataView(jpeg.buffer);
  view.setUint16(at + 5, height);
  view.setUint16(at + 7, width);
  return { width, height, jpeg };
}

Deno.test("after damaged pictures the same stream goes on", async () => {
  let workers = 0;
  using stream = new JpegStream(systemClock, countingCodec(() => workers++));
  for (const cut of [200, 400, 600, 800, 1_000, 1_200, 1_400]) {
    const damaged = FIRST.jpeg.slice();
    damaged.fill(0xff, cut, cut + 100);
    await stream.decode({ ...SIZE, jpeg: damaged }, BOX).catch(() => {});
    const decoded = await stream.decode(SECOND, BOX);
    assertEquals(decoded && readTestPicture(decoded), 2);
  }
  assertEquals(workers, 1);
});

function countingCodec(opened: () => void): PictureCodec {
  return new PictureCodec(systemClock, () => {
    opened();
    return new Worker(import.meta.resolve("../../src/pictures/picture_worker.ts"), { type: "module" });
  });
}

/** A worker that runs this code. */
function workerOf(code: string): Worker {
  return new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
}

/** Deno prints the errors of a real one. */
function crashingWorker(): Worker {
  const worker = {
    onerror: (_event: ErrorEvent) => {},
    postMessage: () => queueMicrotask(() => worker.onerror(new ErrorEvent("error", { message: "broken" }))),
    terminate: () => {},
  };
  return worker as unknown as Worker;
}

Deno.test("a worker that crashes is replaced, until that happens too often, and tried once more after a rest", async () => {
  const clock = new FakeClock();
  let workers = 0;
  const codec = new PictureCodec(clock, () => {
    workers++;
    return crashingWorker();
  });
  using stream = new JpegStream(clock, codec);
  for (let nth = 0; nth < MAX_CODEC_FAILURES; nth++) {
    await assertRejects(() => stream.decode(FIRST, BOX), Error, "The decoder has failed: broken");
  }
  await assertRejects(() => stream.decode(FIRST, BOX), Error, "No pictures are decoded for a while");
  assertEquals(workers, MAX_CODEC_FAILURES);
  clock.advance(CODEC_REST_MS);
  await assertRejects(() => stream.decode(FIRST, BOX), Error, "The decoder has failed: broken");
  await assertRejects(() => stream.decode(FIRST, BOX), Error, "No pictures are decoded for a while");
  assertEquals(workers, MAX_CODEC_FAILURES + 1);
});

Deno.test("a worker that takes too long is ended and replaced", async () => {
  const clock = new FakeClock();
  const codes = [
    "onmessage = () => {};",
    "let count = 0; onmessage = () => count++ === 0 && postMessage({ width: 2, height: 1, bytes: new Uint8Array(6) });",
    "onmessage = () => postMessage({ width: 1, height: 1, bytes: new Uint8Array(3) });",
  ];
  using stream = new JpegStream(clock, new PictureCodec(clock, () => workerOf(codes.shift()!)));
  const starting = assertRejects(() => stream.decode(FIRST, BOX), Error, "The picture took more than 15 seconds");
  clock.advance(FIRST_PICTURE_MS);
  await starting;
  assertEquals((await stream.decode(FIRST, BOX))?.width, 2);
  const decoding = assertRejects(() => stream.decode(FIRST, BOX), Error, "The picture took more than 2 seconds");
  while (clock.timers === 0) await Promise.resolve();
  clock.advance(STREAM_PICTURE_MS);
  await decoding;
  assertEquals((await stream.decode(FIRST, BOX))?.width, 1);
});

Deno.test("the end refuses what is in work, and what comes later", async () => {
  const stream = new JpegStream(systemClock);
  const decoding = assertRejects(() => stream.decode(FIRST, BOX), Error, "The stream of pictures has ended");
  stream[Symbol.dispose]();
  await decoding;
  await assertRejects(() => stream.decode(FIRST, BOX), Error, "The stream of pictures has ended");
});
