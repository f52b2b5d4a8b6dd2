import { colorAt, type PixelPicture, type Rgb } from "../pictures/color_codes.ts";

/** A half of a cell that shows no picture. */
export const BLANK = -1;
/** A half of a cell of which nobody knows what it shows. */
export const UNKNOWN = -2;

/** A box of cells in the window. */
export interface CellBox {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** Rows of cells from the top. Each has the colour of an upper and of a lower pixel (`Rgb`), or `BLANK`, or `UNKNOWN`. */
export class PixelCells {
  readonly columns: number;
  readonly rows: number;
  readonly upper: Int32Array<ArrayBuffer>;
  readonly lower: Int32Array<ArrayBuffer>;

  constructor(columns: number, rows: number, fill: typeof BLANK | typeof UNKNOWN) {
    this.columns = columns;
    this.rows = rows;
    this.upper = new Int32Array(columns * rows).fill(fill);
    this.lower = new Int32Array(columns * rows).fill(fill);
  }

  clear(): void {
    this.upper.fill(BLANK);
    this.lower.fill(BLANK);
  }

  /** Puts a picture in the middle of a box. What does not fit is cut off. */
  place(picture: PixelPicture, box: CellBox): void {
    const width = Math.min(picture.width, box.columns);
    const height = Math.min(picture.height, 2 * box.rows);
    const left = box.column + (box.columns - width >> 1);
    // Its first row is a whole cell, if that has two pixels.
    const top = 2 * (box.row + (2 * box.rows - height >> 2));
    for (let y = 0; y < height; y++) {
      const half = (top + y & 1) === 0 ? this.upper : this.lower;
      const start = (top + y >> 1) * this.columns + left;
      for (let x = 0; x < width; x++) half[start + x] = colorAt(picture, x, y);
    }
  }
}

/** Whether two halves look the same: no part of their colours differs by more than the tolerance. */
export function isNear(one: Rgb, other: Rgb, tolerance: number): boolean {
  if (one === other) return true;
  if (one < 0 || other < 0) return false;
  return Math.abs((one >> 16) - (other >> 16)) <= tolerance &&
    Math.abs((one >> 8 & 255) - (other >> 8 & 255)) <= tolerance &&
    Math.abs((one & 255) - (other & 255)) <= tolerance;
}
