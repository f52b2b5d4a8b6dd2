/** Draws pixels in half blocks: a cell is an upper pixel and a lower one, in the colours of its character and its background. */

import {
  BACKGROUND_COLOR,
  type ColorDepth,
  type Rgb,
  shownColor,
  shownColorCode,
  TEXT_COLOR,
} from "../pictures/color_codes.ts";
import type { CellOutput } from "./cell_output.ts";
import { BLANK, isNear, type PixelCells, UNKNOWN } from "./pixel_cells.ts";

/**
 * Colours that differ by no more than this in each part, of 256, look the same: neither the noise of a camera nor a gradient is
 * written. What a cell really shows is kept, so that small changes add up until they are seen.
 */
export const COLOR_TOLERANCE = 8;

const DEFAULT_BACKGROUND = "49";

/** Writes the cells of `next` that differ from `shown`, and keeps in `shown` what they show then. Both have the same size. */
export function drawHalfBlocks(output: CellOutput, shown: PixelCells, next: PixelCells, depth: ColorDepth): void {
  const pen = new Pen(output, depth);
  const { columns, rows } = next;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const upper = next.upper[at]!;
      const lower = next.lower[at]!;
      if (isNear(upper, shown.upper[at]!, COLOR_TOLERANCE) && isNear(lower, shown.lower[at]!, COLOR_TOLERANCE)) {
        continue;
      }
      output.moveTo(row, column);
      pen.draw(upper, lower);
      shown.upper[at] = pen.upper;
      shown.lower[at] = pen.lower;
    }
  }
  pen.end();
}

/** The colours that the terminal writes with: numbers of its palette, or `Rgb` in true colour. */
class Pen {
  readonly #output: CellOutput;
  readonly #depth: ColorDepth;
  readonly #isTrue: boolean;
  #text = UNKNOWN;
  #background = UNKNOWN;
  /** What the cell drawn last shows. */
  upper: Rgb = UNKNOWN;
  lower: Rgb = UNKNOWN;

  constructor(output: CellOutput, depth: ColorDepth) {
    this.#output = output;
    this.#depth = depth;
    this.#isTrue = depth === "true";
  }

  /** Draws a cell, by the character that needs fewer new colours. */
  draw(upper: Rgb, lower: Rgb): void {
    const above = this.#shown(upper);
    const below = this.#shown(lower);
    this.upper = upper;
    this.lower = lower;
    if (this.#isSame(above, below)) {
      this.#use(this.#text, above);
      this.#output.write(" ", 1);
      if (this.#isTrue) this.#keep(this.#background, this.#background);
    } else if (below !== BLANK && (above === BLANK || this.#cost(below, above) < this.#cost(above, below))) {
      this.#use(below, above);
      this.#output.write("▄", 1);
      if (this.#isTrue) this.#keep(this.#background, this.#text);
    } else {
      this.#use(above, below);
      this.#output.write("▀", 1);
      if (this.#isTrue) this.#keep(this.#text, this.#background);
    }
  }

  #keep(upper: Rgb, lower: Rgb): void {
    this.upper = upper;
    this.lower = lower;
  }

  #shown(rgb: Rgb): number {
    return this.#isTrue || rgb < 0 ? rgb : shownColor(this.#depth, rgb);
  }

  #isSame(one: number, other: number): boolean {
    return one === other || (this.#isTrue && isNear(one, other, COLOR_TOLERANCE));
  }

  #cost(text: number, background: number): number {
    return (this.#isSame(text, this.#text) ? 0 : 1) + (this.#isSame(background, this.#background) ? 0 : 1);
  }

  /** Changes the colours that differ visibly from these. */
  #use(text: number, background: number): void {
    const newText = !this.#isSame(text, this.#text);
    const newBackground = !this.#isSame(background, this.#background);
    if (newText) this.#text = text;
    if (newBackground) this.#background = background;
    if (!newText && !newBackground) return;
    const codes = newText ? shownColorCode(this.#depth, text, TEXT_COLOR) : "";
    const behind = newBackground ? this.#backgroundCode(background) : "";
    this.#output.control(`\x1b[${codes}${newText && newBackground ? ";" : ""}${behind}m`);
  }

  #backgroundCode(background: number): string {
    return background === BLANK ? DEFAULT_BACKGROUND : shownColorCode(this.#depth, background, BACKGROUND_COLOR);
  }

  end(): void {
    if (this.#background !== UNKNOWN) this.#output.control("\x1b[0m");
  }
}
