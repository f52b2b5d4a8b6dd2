import { assertEquals, assertThrows } from "@std/assert";
import { MjpegReader } from "../../../src/cli/camera/mjpeg_reader.ts";
import { smallPicture } from "../../helpers/small_pictures.ts";

const JPEG = smallPicture("image/jpeg");
/** A segment that contains the end and the start of a picture, coded pixels with FF and a restart, a second scan, fill bytes. */
const TRICKY = Uint8Array.fromHex("ffd8ffe10008ffd9ffd800aaffda0004000011ff0022ffd033ffc4000300ffda00025544ffffffd9");

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("a stream is cut into its pictures, wherever its chunks end", () => {
  const garbage = Uint8Array.from([1, 0xff, 0, 0xff]);
  const stream = joined(garbage, TRICKY, JPEG, garbage, TRICKY);
  for (let split = 0; split <= stream.length; split++) {
    const reader = new MjpegReader(10_000);
    const pictures = [...reader.push(stream.subarray(0, split)), ...reader.push(stream.subarray(split))];
    assertEquals(pictures, [TRICKY, JPEG, TRICKY], `split at ${split}`);
  }
});

Deno.test("a stream that comes byte by byte is cut into its pictures", () => {
  const reader = new MjpegReader(10_000);
  const pictures = [...joined(JPEG, TRICKY)].flatMap((byte) => reader.push(Uint8Array.of(byte)));
  assertEquals(pictures, [JPEG, TRICKY]);
});

Deno.test("a picture that is too large, or never ends, is refused, and other bytes take no memory", () => {
  const reader = new MjpegReader(1_000);
  for (let nth = 0; nth < 100; nth++) assertEquals(reader.push(new Uint8Array(1_000).fill(0x41)), []);
  reader.push(JPEG.subarray(0, 300));
  assertThrows(() => reader.push(new Uint8Array(701)), Error, "more than 1000 bytes");
  const endless = new MjpegReader(1_000);
  endless.push(Uint8Array.fromHex("ffd8ffe0ffff"));
  assertThrows(() => endless.push(new Uint8Array(1_000)), Error, "more than 1000 bytes");
});
