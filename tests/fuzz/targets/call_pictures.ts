import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { decode, resetCodecs } from "../../../src/pictures/decoders.ts";
import { opaquePixels } from "../../../src/pictures/pixels.ts";
import { pictureSize } from "../../../src/protocol/files/picture_size.ts";
import { MAX_VIDEO_HEIGHT, MAX_VIDEO_WIDTH } from "../../../src/protocol/limits.ts";
import { smallPicture } from "../../helpers/small_pictures.ts";
import { pure, type Target, toBytes } from "../target.ts";

/** Markers of JPEG files, with the beginning of what follows. */
const MARKERS = [
  "\xff\xd8",
  "\xff\xc0\0\x11\x08",
  "\xff\xc2\0\x11\x08",
  "\xff\xc4\0\x1f",
  "\xff\xdb\0\x43",
  "\xff\xda\0\x0c",
];
const BARE = ["\xff\x01", "\xff\xd0", "\xff\xd9", "\xff\xff", "\xff\0"];

const JPEG = String.fromCharCode(...smallPicture("image/jpeg"));

export const CALL_PICTURES: Target = {
  name: "call-pictures",
  gateInputs: 300,
  bytes: true,
  words: [...MARKERS, ...BARE, "\0\x10", "\xff\xe0\0\x04", "\x7f\xff"],
  arbitrary: fc.tuple(
    fc.nat(JPEG.length),
    fc.constantFrom(...MARKERS, ...BARE),
    fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 20 }),
  ).map(([at, marker, rest]) => JPEG.slice(0, at) + marker + rest + JPEG.slice(at)),
  open: pure(run),
};

/** The size in the head of a picture is the one that the decoder makes, or the picture is refused: nothing larger is ever decoded. */
async function run(input: string): Promise<string> {
  const bytes = toBytes(input);
  const size = bytes[0] === 0xff ? pictureSize(bytes) : undefined;
  if (size === undefined) return "no picture";
  if (size.width * size.height === 0 || size.width > MAX_VIDEO_WIDTH || size.height > MAX_VIDEO_HEIGHT) {
    return "too large";
  }
  try {
    const picture = await silently(() => decode(bytes, "image/jpeg"));
    assertEquals([picture.width, picture.height], [size.width, size.height]);
    assertEquals(opaquePixels(picture, { width: 3, height: 2 }).length, 18);
    return "decoded";
  } catch (error) {
    assert(!(error instanceof Error && error.name === "AssertionError"), String(error));
    resetCodecs();
    return "damaged";
  }
}

/** Codecs complain on the console. */
async function silently<T>(work: () => Promise<T>): Promise<T> {
  const { log, warn, error } = console;
  console.log = console.warn = console.error = () => {};
  try {
    return await work();
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
