import { assert, assertEquals } from "@std/assert";
import { fittedSize, nextQuality } from "../../../../src/web/calls/devices/picture_form.ts";

Deno.test("a picture has the camera's shape, and fits what is asked", () => {
  const asked = { width: 160, height: 90 };
  const sizes: readonly (readonly [number, number, number, number])[] = [
    [1280, 720, 160, 90],
    [640, 480, 120, 90],
    [480, 640, 68, 90],
    [80, 45, 160, 90],
    [10_000, 1, 160, 1],
    [1, 10_000, 1, 90],
  ];
  for (const [width, height, ...fitted] of sizes) {
    assertEquals(Object.values(fittedSize({ width, height }, asked)), fitted);
  }
});

Deno.test("the quality follows the bytes of the last picture, within limits", () => {
  assertEquals(nextQuality(0.6, 0.17), 0.6);
  let quality = 0.6;
  for (let pictures = 0; pictures < 50; pictures++) quality = nextQuality(quality, 0.5);
  assertEquals(quality, 0.2);
  for (let pictures = 0; pictures < 50; pictures++) {
    const next = nextQuality(quality, 0.1);
    assert(next > quality || next === 0.85);
    quality = next;
  }
  assertEquals(quality, 0.85);
});
