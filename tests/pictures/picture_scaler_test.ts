import { fileURLToPath as fromFileUrl } from "node:url";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { fitted, scaled } from "../../src/pictures/pixels.ts";
import { scalePicture } from "../../src/pictures/picture_scaler.ts";
import { pictureSize } from "../../src/protocol/files/picture_size.ts";
import { PICTURE_MEDIA, smallPicture } from "../helpers/small_pictures.ts";

const BOX = { width: 4, height: 4, as: "pixels" } as const;
const never = new AbortController().signal;

/** Whether the pixels go from red at the top to blue at the bottom. */
function isGradient(bytes: Uint8Array, width: number, height: number): boolean {
  const [red, , blue] = bytes;
  const last = 3 * (width * height - 1);
  return red! > 180 && blue! < 80 && bytes[last]! < 80 && bytes[last + 2]! > 180;
}

for (const media of PICTURE_MEDIA) {
  Deno.test(`a picture of ${media} becomes as small as the box, and keeps its shape and colours`, async () => {
    const { width, height, bytes } = await scalePicture(smallPicture(media), BOX, never);
    assertEquals([width, height, bytes.length], [4, 3, 36]);
    assert(isGradient(bytes, width, height), String(bytes));
  });

  Deno.test(`a picture of ${media} that is cut anywhere is refused or decoded, and nothing else happens`, async () => {
    const whole = smallPicture(media);
    for (const share of [0.3, 0.6, 0.9]) {
      const part = whole.subarray(0, Math.floor(share * whole.length));
      const picture = await scalePicture(part, BOX, never).catch((error: Error) => error);
      if (picture instanceof Error) continue;
      assertEquals(picture.bytes.length, 3 * picture.width * picture.height);
    }
  });
}

Deno.test("a picture becomes a JPEG file, which is one again", async () => {
  const box = { width: 100, height: 100, as: { quality: 80 } };
  const { width, height, bytes } = await scalePicture(smallPicture("image/png"), box, never);
  assertEquals([width, height, pictureSize(bytes)], [8, 6, { width: 8, height: 6 }]);
  const again = await scalePicture(bytes, BOX, never);
  assert(isGradient(again.bytes, again.width, again.height));
});

Deno.test("a file that is no picture, and a picture that is too large, never reach a decoder", async () => {
  const huge = smallPicture("image/png");
  new DataView(huge.buffer).setUint32(16, 40_000);
  new DataView(huge.buffer).setUint32(20, 1_001);
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(0), "The file is no picture"],
    [new TextEncoder().encode("<svg></svg>"), "The file is no picture"],
    [huge, "The picture has 40000 × 1001 pixels: it is not decoded"],
  ];
  const small = { ...BOX, maxPixels: 47 };
  const refused = () => scalePicture(smallPicture("image/gif"), small, never);
  await assertRejects(refused, Error, "The picture has 8 × 6 pixels: it is not decoded");
  for (const [bytes, message] of cases) await assertRejects(() => scalePicture(bytes, BOX, never), Error, message);
});

Deno.test("a picture that says to be larger than it is, is refused by its decoder", async () => {
  const lying = smallPicture("image/png");
  new DataView(lying.buffer).setUint32(16, 6_000);
  await assertRejects(() => scalePicture(lying, BOX, never), Error, "The picture cannot be decoded");
  const gif = smallPicture("image/gif");
  // A screen of 2 by 2 pixels, and a frame of 8 by 6.
  new DataView(gif.buffer).setUint16(6, 2, true);
  new DataView(gif.buffer).setUint16(8, 2, true);
  await assertRejects(() => scalePicture(gif, BOX, never), Error, "A frame is outside the picture");
});

Deno.test("a decoder writes nothing to the terminal about a damaged picture", async () => {
  const scaler = new URL("../../src/pictures/picture_scaler.ts", import.meta.url);
  const code = `
    const { scalePicture } = await import(${JSON.stringify(scaler.href)});
    const part = Uint8Array.fromBase64(${JSON.stringify(smallPicture("image/jpeg").subarray(0, 250).toBase64())});
    await scalePicture(part, { width: 4, height: 4, as: "pixels" }, new AbortController().signal).catch(() => {});
  `;
  const config = new URL("../../deno.json", import.meta.url);
  const args = ["eval", "--config", fromFileUrl(config), "--quiet", code];
  const { code: exit, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const [out, complaints] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([exit, out, complaints], [0, "", ""]);
});

Deno.test("a decoder that takes too long is ended", async () => {
  const stop = new AbortController();
  const scaling = scalePicture(smallPicture("image/webp"), BOX, stop.signal);
  stop.abort();
  await assertRejects(() => scaling, Error, "The picture took too long to decode");
});

Deno.test("each pixel of a smaller picture is the average of its area, upon the background where it is transparent", () => {
  const data = Uint8Array.from([[255, 0, 0, 255], [0, 0, 255, 255], [9, 9, 9, 0], [9, 9, 9, 0]].flat());
  const { data: small } = scaled({ width: 2, height: 2, data }, { width: 1, height: 2 }, 200);
  assertEquals([...small], [128, 0, 128, 255, 200, 200, 200, 255]);
  assertEquals(fitted({ width: 1_000, height: 2 }, { width: 10, height: 10 }), { width: 10, height: 1 });
  assertEquals(fitted({ width: 3, height: 2 }, { width: 10, height: 10 }), { width: 3, height: 2 });
});
