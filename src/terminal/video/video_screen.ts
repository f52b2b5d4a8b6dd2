import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { ColorDepth, PixelPicture } from "../pictures/color_codes.ts";
import type { Palette } from "../render/palette.ts";
import { textWidth, truncate } from "../screen/text_width.ts";
import { CellOutput } from "./cell_output.ts";
import { drawCharacters } from "./character_cells.ts";
import { drawHalfBlocks } from "./half_blocks.ts";
import { BLANK, type CellBox, PixelCells, UNKNOWN } from "./pixel_cells.ts";
import { type GridSize, layOutGrid } from "./video_grid.ts";

/** How a terminal shows a stream of pictures: in colours, or in characters by brightness. */
export type VideoDisplay = ColorDepth | "characters";

/** What is shown of one member. */
export interface VideoTile {
  readonly name: string;
  /** Whether the member speaks now. */
  readonly speaks: boolean;
  /** A remark after the name, such as `no camera`. */
  readonly note?: string;
  /** Absent until there is one. */
  readonly picture?: PixelPicture;
}

const SPEAKS = "●";

/**
 * A part of the window that shows up to four pictures with their names. It knows what is on the screen, and writes what has
 * changed. The part begins in the first column of a row.
 */
export class VideoScreen {
  readonly #display: VideoDisplay;
  readonly #palette: Palette;
  readonly #output = new CellOutput();
  #shown = new PixelCells(0, 0, UNKNOWN);
  #next = new PixelCells(0, 0, BLANK);
  /** What each label says, and the number of tiles that is on the screen. */
  #labels: readonly string[] = [];

  constructor(display: VideoDisplay, palette: Palette) {
    this.#display = display;
    this.#palette = palette;
  }

  /** Says that anything may be on the screen: the next drawing writes all of it. */
  reset(): void {
    this.#shown = new PixelCells(0, 0, UNKNOWN);
  }

  /**
   * The text that shows these tiles in a part of this size; empty if they are shown already. The cursor begins and ends in its first
   * cell.
   */
  draw(tiles: readonly VideoTile[], size: GridSize): string {
    const boxes = layOutGrid(tiles.length, size);
    const before = this.#layOut(boxes.length, size) ? this.#labels : [];
    this.#next.clear();
    boxes.forEach(({ picture }, nth) => {
      const tile = tiles[nth]!;
      if (tile.picture !== undefined) this.#next.place(tile.picture, picture);
    });
    this.#drawCells();
    this.#labels = boxes.map(({ label }, nth) => {
      const text = labelText(tiles[nth]!, label.columns, this.#palette);
      if (text !== before[nth]) this.#drawLabel(text, label);
      return text;
    });
    return this.#output.take();
  }

  /** Returns whether this layout is the one on the screen. Otherwise everything is unknown. */
  #layOut(count: number, { columns, rows }: GridSize): boolean {
    if (count === this.#labels.length && this.#shown.columns === columns && this.#shown.rows === rows) return true;
    this.#shown = new PixelCells(columns, rows, UNKNOWN);
    this.#next = new PixelCells(columns, rows, BLANK);
    return false;
  }

  #drawCells(): void {
    if (this.#display === "characters") drawCharacters(this.#output, this.#shown, this.#next);
    else drawHalfBlocks(this.#output, this.#shown, this.#next, this.#display);
  }

  #drawLabel(text: string, { row, column, columns }: CellBox): void {
    this.#output.moveTo(row, column);
    this.#output.write(text, columns);
  }
}

/** The mark and the name in the middle of so many columns. */
function labelText({ name, speaks, note }: VideoTile, columns: number, palette: Palette): string {
  const mark = speaks ? `${SPEAKS} ` : "";
  const rest = note === undefined ? "" : ` (${note})`;
  const plain = truncate(sanitizeLine(mark + name + rest), columns);
  const width = textWidth(plain);
  const before = columns - width >> 1;
  const styled = speaks ? palette.bold(plain) : plain;
  return " ".repeat(before) + styled + " ".repeat(columns - width - before);
}
