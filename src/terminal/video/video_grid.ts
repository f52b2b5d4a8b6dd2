/** Where up to four pictures are in a part of the window. Pure. */

import type { CellBox } from "./pixel_cells.ts";

/** A picture, and the row below it for a name. */
export interface VideoTileBox {
  readonly picture: CellBox;
  readonly label: CellBox;
}

export interface GridSize {
  readonly columns: number;
  readonly rows: number;
}

/** Columns between two pictures. */
const GAP = 1;
/** The shape of most cameras, in cells that are twice as high as wide. */
const SHAPE = 16 / 9 * 2;
const MIN_PICTURE_COLUMNS = 4;
const MIN_PICTURE_ROWS = 2;

/**
 * The boxes for `count` pictures in a part of this size, so that each is as large as possible. Empty if they would be too small to
 * show anything.
 */
export function layOutGrid(count: number, size: GridSize): VideoTileBox[] {
  const across = Array.from({ length: count }, (_, index) => index + 1);
  const best = across.reduce((best, next) => areaOf(count, next, size) > areaOf(count, best, size) ? next : best, 1);
  const { columns, rows } = tileSize(count, best, size);
  if (columns < MIN_PICTURE_COLUMNS || rows - 1 < MIN_PICTURE_ROWS) return [];
  return Array.from({ length: count }, (_, nth) => {
    const row = Math.floor(nth / best) * rows;
    const column = nth % best * (columns + GAP);
    return {
      picture: { row, column, columns, rows: rows - 1 },
      label: { row: row + rows - 1, column, columns, rows: 1 },
    };
  });
}

/** Pixels of a box, in which a picture must fit: a cell is one wide and two high. */
export function boxPixels({ columns, rows }: GridSize): { readonly width: number; readonly height: number } {
  return { width: columns, height: 2 * rows };
}

function tileSize(count: number, across: number, { columns, rows }: GridSize): GridSize {
  return {
    columns: Math.floor((columns - GAP * (across - 1)) / across),
    rows: Math.floor(rows / Math.ceil(count / across)),
  };
}

/** Cells of a picture of the usual shape in each tile. */
function areaOf(count: number, across: number, size: GridSize): number {
  const tile = tileSize(count, across, size);
  const width = Math.min(tile.columns, (tile.rows - 1) * SHAPE);
  return width < 1 ? 0 : width * width / SHAPE;
}
