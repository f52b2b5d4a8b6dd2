/** Reads QR codes from a drawn screen, as a phone's camera does. */

import jsQR from "jsqr";
import { stripVTControlCharacters } from "node:util";

/** Modules of the light border to add: the rows of a screen's text lack trailing blanks. */
const BORDER = 2;
/** Pixels per module, and the dark window around the code. */
const SCALE = 4;
const AROUND = 4;
const LIGHT: Readonly<Record<string, readonly [upper: boolean, lower: boolean]>> = {
  " ": [true, true],
  "▀": [false, true],
  "▄": [true, false],
  "█": [false, false],
};

/** Returns the content of the only QR code in a screen's text of half blocks; `undefined` without one. */
export function readQrCode(screen: string): string | undefined {
  const rows = stripVTControlCharacters(screen).split("\n");
  const wide = BORDER + Math.max(
    0,
    ...rows.filter((row) => /^[ ▀▄█]+$/.test(row) && /[▀▄█]/.test(row)).map((row) => row.length),
  );
  const code = rows.filter((row) => /^[ ▀▄█]*$/.test(row));
  const modules = code.flatMap((row) =>
    [0, 1].map((half) => Array.from(row.padEnd(wide), (char) => LIGHT[char]![half]!))
  );
  return decode(modules, wide);
}

/** Returns the content of the QR code in an image with four bytes for each pixel; `undefined` without one. */
export function readQrImage(pixels: ArrayLike<number>, width: number, height: number): string | undefined {
  return jsQR.default(Uint8ClampedArray.from(pixels), width, height)?.data;
}

function decode(modules: readonly (readonly boolean[])[], wide: number): string | undefined {
  const width = (wide + 2 * AROUND) * SCALE;
  const height = (modules.length + 2 * AROUND) * SCALE;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = modules[Math.floor(y / SCALE) - AROUND]?.[Math.floor(x / SCALE) - AROUND] ?? false;
      pixels.set([light ? 255 : 0, light ? 255 : 0, light ? 255 : 0, 255], (y * width + x) * 4);
    }
  }
  return jsQR.default(pixels, width, height)?.data;
}
