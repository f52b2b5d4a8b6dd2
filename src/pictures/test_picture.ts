/** A moving picture that the program makes itself: for a test of the screen, and for a call without a camera. Pure. */

import type { Pixels } from "./pixels.ts";

type Color = readonly [red: number, green: number, blue: number];

/** Colour bars as of a television, 75 % bright. */
const BARS: readonly Color[] = [
  ...[[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0]] as const,
  ...[[191, 0, 191], [191, 0, 0], [0, 0, 191], [16, 16, 16]] as const,
];
const WHITE: Color = [235, 235, 235];
const BLACK: Color = [16, 16, 16];

/** Shares of the height: the bars are above, then the moving mark, then the number of the picture. */
const MARK_TOP = 0.5;
const NUMBER_TOP = 0.75;
/** The mark crosses the picture in so many pictures. */
const MARK_STEPS = 30;
const MARK_WIDTH = 1 / 10;

/** Squares of the number, one for each bit, the highest first: white for 1. */
const BITS = 16;

/** The number of a picture starts again after this many. */
export const TEST_PICTURES = 2 ** BITS;

/** The picture of this number: colour bars, a mark that goes from left to right, and the number itself in squares. */
export function testPicture({ width, height }: Omit<Pixels, "data">, nth: number): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      data.set(colorAt((x + 0.5) / width, (y + 0.5) / height, nth), at);
      data[at + 3] = 255;
    }
  }
  return { width, height, data };
}

/** `x` and `y` are shares of the width and the height. */
function colorAt(x: number, y: number, nth: number): Color {
  if (y < MARK_TOP) return BARS[Math.floor(x * BARS.length)]!;
  if (y < NUMBER_TOP) return isMark(x, nth) ? WHITE : [Math.round(160 * x), 32, 96];
  return bitAt(Math.floor(x * BITS), nth) ? WHITE : BLACK;
}

function isMark(x: number, nth: number): boolean {
  const left = (1 - MARK_WIDTH) * (nth % MARK_STEPS) / (MARK_STEPS - 1);
  return x >= left && x < left + MARK_WIDTH;
}

function bitAt(square: number, nth: number): boolean {
  return (nth >>> (BITS - 1 - square) & 1) === 1;
}

/** Reads the number of a test picture. `bytes`: 3 for each pixel. `undefined` if the squares are neither white nor black. */
export function readTestPicture(
  { width, height, bytes }: { readonly width: number; readonly height: number; readonly bytes: Uint8Array },
): number | undefined {
  const y = Math.floor(height * (1 + NUMBER_TOP) / 2);
  let nth = 0;
  for (let square = 0; square < BITS; square++) {
    const x = Math.floor(width * (square + 0.5) / BITS);
    const green = bytes[3 * (y * width + x) + 1]!;
    if (green > 95 && green < 160) return undefined;
    nth = 2 * nth + (green > 127 ? 1 : 0);
  }
  return nth;
}
