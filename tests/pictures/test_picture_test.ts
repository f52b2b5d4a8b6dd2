import { assertEquals, assertNotEquals } from "@std/assert";
import { opaquePixels } from "../../src/pictures/pixels.ts";
import { readTestPicture, TEST_PICTURES, testPicture } from "../../src/pictures/test_picture.ts";

const SIZE = { width: 160, height: 120 };

function opaqueTest(nth: number, size = SIZE) {
  return { ...size, bytes: opaquePixels(testPicture(SIZE, nth), size) };
}

Deno.test("the number of a test picture can be read, also when it is smaller or larger", () => {
  for (const nth of [0, 1, 2, 255, 256, 21_845, TEST_PICTURES - 1]) {
    for (const [width, height] of [[160, 120], [40, 30], [24, 18], [33, 25], [300, 200]] as const) {
      assertEquals(readTestPicture(opaqueTest(nth, { width, height })), nth, `${nth} at ${width} × ${height}`);
    }
  }
  assertEquals(readTestPicture(opaqueTest(TEST_PICTURES + 7)), 7);
  assertEquals(readTestPicture({ ...SIZE, bytes: new Uint8Array(3 * 160 * 120).fill(127) }), undefined);
});

Deno.test("the bars of a test picture stay where they are, and its mark moves", () => {
  const [first, second] = [opaqueTest(0), opaqueTest(1)];
  const half = 3 * 160 * 60;
  assertEquals(first.bytes.subarray(0, half), second.bytes.subarray(0, half));
  assertEquals([...first.bytes.subarray(0, 3)], [191, 191, 191]);
  assertNotEquals(first.bytes.subarray(half, half * 1.5), second.bytes.subarray(half, half * 1.5));
});
