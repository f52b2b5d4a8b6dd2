import { assertEquals } from "@std/assert";
import { pictureSize } from "../../../src/protocol/files/picture_size.ts";

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[\da-f]{2}/g)!, (pair) => parseInt(pair, 16));
}

const PICTURES: readonly (readonly [kind: string, hex: string, width: number, height: number])[] = [
  ["PNG", "89504e470d0a1a0a 0000000d 49484452 00000140 000000f0", 320, 240],
  ["GIF", "474946383961 4001 f000", 320, 240],
  ["JPEG", "ffd8 ffe0 0006 4a464946 ff ffc4 0003 00 ffc2 0011 08 00f0 0140", 320, 240],
  ["WebP, lossy", "52494646 00000000 57454250 56503820 00000000 000000 9d012a 4041 f080", 320, 240],
  ["WebP, lossless", "52494646 00000000 57454250 5650384c 00000000 2f 3fc13b00", 320, 240],
  ["WebP, extended", "52494646 00000000 57454250 56503858 0a000000 00000000 3f0100 ef0000", 320, 240],
  ["a huge PNG", "89504e470d0a1a0a 0000000d 49484452 ffffffff 00000001", 0xffffffff, 1],
];

Deno.test("the size of a picture is found in its first bytes, and not in fewer", () => {
  for (const [kind, hex, width, height] of PICTURES) {
    const bytes = bytesOf(hex);
    assertEquals(pictureSize(bytes), { width, height }, kind);
    for (let length = 0; length < bytes.length; length++) {
      assertEquals(pictureSize(bytes.subarray(0, length)), undefined, `${kind}, ${length} bytes`);
    }
  }
});

Deno.test("other bytes have no size, and a JPEG that goes round in circles ends", () => {
  for (const hex of ["", "00", "3c737667 20776964 74683d22 3122", "52494646 00000000 57415645 00000000"]) {
    assertEquals(pictureSize(bytesOf(hex + "00".repeat(40))), undefined, hex);
  }
  assertEquals(pictureSize(bytesOf(`ffd8${"ffe00000".repeat(20)}`)), undefined);
  assertEquals(pictureSize(bytesOf(`ffd8${"ff".repeat(1_000)}`)), undefined);
  assertEquals(pictureSize(bytesOf(`ffd8 ffe0 0004 0000 00${"00".repeat(20)}`)), undefined);
});

Deno.test("a JPEG in which a decoder may find another size has none", () => {
  const small = "ffc0 0011 08 0001 0001";
  // What a decoder finds after a marker that has no segment, or after a length that is none.
  for (const marker of ["ff01", "ffd0", "ffd7", "ffd8", "ffd9", "ff02", "ffbf"]) {
    assertEquals(pictureSize(bytesOf(`ffd8 ${marker} 0009 ffc0 0011 08 ffff ffff ${small}`)), undefined, marker);
  }
  for (const length of ["0000", "0001"]) {
    assertEquals(pictureSize(bytesOf(`ffd8 ffe0 ${length} ${small}`)), undefined, length);
  }
  assertEquals(pictureSize(bytesOf(`ffd8 ffe0 0002 ${small}`)), { width: 1, height: 1 });
});
