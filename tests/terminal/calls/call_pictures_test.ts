import { assert, assertEquals } from "@std/assert";
import type { CallSeat } from "../../../src/client/calls/client_calls.ts";
import { systemClock } from "../../../src/client/clock.ts";
import { JpegStream } from "../../../src/pictures/jpeg_stream.ts";
import { pictureSize } from "../../../src/protocol/files/picture_size.ts";
import { CallPictures } from "../../../src/terminal/calls/call_pictures.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { smallPicture } from "../../helpers/small_pictures.ts";
import { CallStage } from "./call_setup_stage.ts";

function seat(name: string, more: Partial<CallSeat> = {}): CallSeat {
  const state = { camera: true, microphone: true, level: 0, speaks: false };
  return { id: name, name, isOwn: name === "zoe", state: "in", ...state, ...more };
}

const BOX = { width: 4, height: 4 };

function gray(value: number) {
  return { width: 160, height: 90, jpeg: Uint8Array.of(value) };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

Deno.test("each member's newest picture is shown, and a broken one leaves the one before", async () => {
  const { setup, streams } = new CallStage(new FakeClock());
  let [changes, box]: [number, typeof BOX | undefined] = [0, undefined];
  const pictures = new CallPictures({ openStream: setup.openStream, box: () => box, changed: () => changes++ });
  const seats = ["zoe", "ada", "bob"].map((name) => seat(name));
  const shown = () => pictures.tiles(seats).map(({ name, picture }) => `${name} ${picture?.bytes[0] ?? "-"}`);
  pictures.take("ada", gray(9));
  assertEquals([shown(), streams.length], [["ada -", "bob -", "zoe, you -"], 0]);
  box = BOX;
  for (const [name, value] of [["ada", 1], ["zoe", 3], ["ada", 2], ["ada", 0], ["bob", 0]] as const) {
    pictures.take(name, gray(value));
  }
  await turns();
  assertEquals([shown(), changes], [["ada 2", "bob -", "zoe, you 3"], 3]);
  seats[1] = seat("ada", { camera: false });
  assertEquals(shown()[0], "ada -");
  pictures.take("ada", gray(5));
  pictures.keep([seats[0]!]);
  await turns();
  assertEquals(streams.map(({ disposed }) => disposed), [true, false, true]);
  assertEquals([shown(), changes], [["ada -", "bob -", "zoe, you 3"], 3]);
});

Deno.test("pictures that are none, of another size than said, cut or bombs are not shown, and the others' go on", async () => {
  const jpeg = smallPicture("image/jpeg");
  const size = pictureSize(jpeg)!;
  const good = { ...size, jpeg };
  const frame = jpeg.findIndex((byte, at) => byte === 0xff && [0xc0, 0xc2].includes(jpeg[at + 1]!));
  const bomb = jpeg.slice();
  bomb.fill(0xff, frame + 5, frame + 9);
  const hostile = [
    { ...good, width: size.width + 1 },
    { width: 65_535, height: 65_535, jpeg: bomb },
    { ...size, jpeg: bomb },
    { ...size, jpeg: jpeg.slice(0, jpeg.length / 2) },
    { ...size, jpeg: smallPicture("image/png") },
    { ...size, jpeg: new Uint8Array(48 * 1024).fill(0xff) },
    { ...size, jpeg: new Uint8Array(0) },
  ];
  const work: Promise<unknown>[] = [];
  const openStream = () => {
    const stream = new JpegStream(systemClock);
    return {
      decode(...args: Parameters<JpegStream["decode"]>) {
        const decoding = stream.decode(...args);
        work.push(decoding);
        return decoding;
      },
      [Symbol.dispose]: () => stream[Symbol.dispose](),
    };
  };
  const pictures = new CallPictures({ openStream, box: () => BOX, changed() {} });
  for (const picture of hostile) {
    pictures.take("eve", picture);
    pictures.take("bob", good);
    const [bad, fine] = await Promise.allSettled(work.splice(0));
    assertEquals([bad!.status, fine!.status], ["rejected", "fulfilled"]);
  }
  const [eve, bob] = pictures.tiles([seat("eve"), seat("bob")]);
  assertEquals(eve!.picture, undefined);
  assert(bob!.picture !== undefined && bob!.picture.width <= BOX.width);
  pictures.keep([]);
});
