/** Draws pixels as characters, by brightness alone: for terminals without colours. */

import type { Rgb } from "../pictures/color_codes.ts";
import type { CellOutput } from "./cell_output.ts";
import { BLANK, type PixelCells, UNKNOWN } from "./pixel_cells.ts";

/** From dark to bright, on a dark background. */
const RAMP = " .:-=+*#%@";
const STEP = 256 / RAMP.length;
/** A cell keeps its character until its brightness is by so much beyond the next one, or noise would make it flicker. */
const TOLERANCE = STEP / 4;

/** Writes the cells of `next` that differ from `shown`, and keeps in `shown` what they show then: a brightness of each. */
export function drawCharacters(output: CellOutput, shown: PixelCells, next: PixelCells): void {
  const { columns, rows } = next;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const level = levelOf(brightnessOf(next.upper[at]!, next.lower[at]!), shown.upper[at]!);
      if (level === shown.upper[at]) continue;
      output.moveTo(row, column);
      output.write(level === BLANK ? " " : RAMP[level]!, 1);
      shown.upper[at] = level;
    }
  }
}

/** The index of the character, or the one that is shown if it is near enough. */
function levelOf(brightness: number, shown: number): number {
  if (brightness === BLANK) return BLANK;
  if (shown !== BLANK && shown !== UNKNOWN) {
    const low = shown * STEP - TOLERANCE;
    if (brightness >= low && brightness < low + STEP + 2 * TOLERANCE) return shown;
  }
  return Math.min(RAMP.length - 1, Math.floor(brightness / STEP));
}

/** From 0 to 255, by ITU-R BT.601. */
function brightnessOf(upper: Rgb, lower: Rgb): number {
  if (upper === BLANK && lower === BLANK) return BLANK;
  return (lumaOf(upper) + lumaOf(lower)) / 2;
}

function lumaOf(rgb: Rgb): number {
  return rgb < 0 ? 0 : (299 * (rgb >> 16) + 587 * (rgb >> 8 & 255) + 114 * (rgb & 255)) / 1_000;
}
