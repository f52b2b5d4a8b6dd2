import { assertEquals } from "@std/assert";
import { MAX_VIDEO_BYTES } from "../../../src/protocol/limits.ts";
import { isPictureOf } from "../../../src/web/calls/picture_check.ts";
import { smallPicture } from "../../helpers/small_pictures.ts";

const jpeg = smallPicture("image/jpeg");

/** The same picture, whose head says another size. */
function resized(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = jpeg.slice();
  const at = bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === 0xc0);
  new DataView(bytes.buffer).setUint16(at + 5, height);
  new DataView(bytes.buffer).setUint16(at + 7, width);
  return bytes;
}

Deno.test("only a JPEG file of exactly the size that is said, within the limits, is decoded", () => {
  assertEquals(isPictureOf({ width: 8, height: 6, jpeg }), true);
  assertEquals(isPictureOf({ width: 640, height: 360, jpeg: resized(640, 360) }), true);
  const wrong = [
    { width: 6, height: 8, jpeg },
    { width: 9, height: 6, jpeg },
    { width: 641, height: 360, jpeg: resized(641, 360) },
    { width: 640, height: 361, jpeg: resized(640, 361) },
    { width: 65_535, height: 65_535, jpeg: resized(65_535, 65_535) },
    { width: 160, height: 90, jpeg: resized(65_535, 65_535) },
    ...(["image/png", "image/gif", "image/webp"] as const).map((media) => ({
      width: 8,
      height: 6,
      jpeg: smallPicture(media),
    })),
    { width: 8, height: 6, jpeg: new Uint8Array([...jpeg, ...new Uint8Array(MAX_VIDEO_BYTES)]) },
  ];
  for (const picture of wrong) assertEquals(isPictureOf(picture), false);
  for (let length = 0; length < 100; length++) {
    assertEquals(isPictureOf({ width: 8, height: 6, jpeg: jpeg.slice(0, length) }), false);
  }
});
