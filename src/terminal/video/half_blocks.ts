/** Draws pixels in half blocks: a cell is an upper pixel and a lower one, in the colours of its character and its background. */

import { BACKGROUND_COLOR, colorCode, type ColorDepth, type Rgb, TEXT_COLOR } from "../pictures/color_codes.ts";
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
      const [upper, lower] = [next.upper[at]!, next.lower[at]!];
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

/** The colours that the terminal writes with. */
class Pen {
  readonly #output: CellOutput;
  readonly #depth: ColorDepth;
  #text: Rgb = UNKNOWN;
  #background: Rgb = UNKNOWN;
  /** What the cell drawn last shows. */
  upper: Rgb = UNKNOWN;
  lower: Rgb = UNKNOWN;

  constructor(output: CellOutput, depth: ColorDepth) {
    this.#output = output;
    this.#depth = depth;
  }

  /** Draws a cell, by the character that needs fewer new colours. */
  draw(upper: Rgb, lower: Rgb): void {
    if (isNear(upper, lower, COLOR_TOLERANCE)) {
      this.#use(this.#text, upper);
      this.#output.write(" ", 1);
      this.upper = this.lower = this.#background;
    } else if (lower !== BLANK && (upper === BLANK || this.#cost(lower, upper) < this.#cost(upper, lower))) {
      this.#use(lower, upper);
      this.#output.write("▄", 1);
      [this.upper, this.lower] = [this.#background, this.#text];
    } else {
      this.#use(upper, lower);
      this.#output.write("▀", 1);
      [this.upper, this.lower] = [this.#text, this.#background];
    }
  }

  #cost(text: Rgb, background: Rgb): number {
    return (isNear(text, this.#text, COLOR_TOLERANCE) ? 0 : 1) +
      (isNear(background, this.#background, COLOR_TOLERANCE) ? 0 : 1);
  }

  /** Changes the colours that differ visibly from these. */
  #use(text: Rgb, background: Rgb): void {
    const newText = !isNear(text, this.#text, COLOR_TOLERANCE);
    const newBackground = !isNear(background, this.#background, COLOR_TOLERANCE);
    if (newText) this.#text = text;
    if (newBackground) this.#background = background;
    if (!newText && !newBackground) return;
    const codes = newText ? colorCode(this.#depth, text, TEXT_COLOR) : "";
    const behind = newBackground ? this.#backgroundCode(background) : "";
    this.#output.control(`\x1b[${codes}${newText && newBackground ? ";" : ""}${behind}m`);
  }

  #backgroundCode(background: Rgb): string {
    return background === BLANK ? DEFAULT_BACKGROUND : colorCode(this.#depth, background, BACKGROUND_COLOR);
  }

  end(): void {
    if (this.#background !== UNKNOWN) this.#output.control("\x1b[0m");
  }
}
