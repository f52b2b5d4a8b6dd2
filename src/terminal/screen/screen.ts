/**
 * Computes the text that prints lines into the scrollback and draws the live region below them. Pure.
 * It uses neither the alternate screen nor scroll regions: printed lines belong to the terminal, which also wraps them.
 */

import { indentWrapped } from "./row_indent.ts";
import type { LiveFrame } from "../render/live_region.ts";
import { type TextRow, wrap } from "./text_width.ts";

/** A frame on the screen, and the width for which it was drawn. */
export interface Drawn {
  readonly frame: LiveFrame;
  readonly columns: number;
  /** Whether pictures fill its first rows up to the last column. Otherwise those are blank. */
  readonly hasPictures?: boolean;
}

const ERASE_BELOW = "\x1b[J";
const ERASE_ROW = "\x1b[K";
/** Auto-wrap off (DECAWM): a row that the terminal considers wider than we do is cut and takes no second row. */
const WRAP_OFF = "\x1b[?7l";
const WRAP_ON = "\x1b[?7h";
const CLEAR = "\x1b[H\x1b[2J";

export interface Painting {
  /** The frame that is on the screen now. */
  readonly drawn: Drawn | undefined;
  /** Lines to print above the region. */
  readonly lines: readonly string[];
  /** The new region; `undefined` for none. */
  readonly frame: LiveFrame | undefined;
  /** The current width of the window. */
  readonly columns: number;
  /** Clears the window first. */
  readonly clear: boolean;
}

/** Whether the rows of pictures stay on the screen as they are. */
export function keepsVideo({ drawn, lines, frame, columns, clear }: Painting): boolean {
  return !clear && lines.length === 0 && frame !== undefined && drawn?.columns === columns &&
    (drawn.frame.videoRows ?? 0) === (frame.videoRows ?? 0);
}

/** Erases the region, prints the lines, draws the region: one string for one write. */
export function paint(painting: Painting): string {
  const { drawn, lines, frame, columns, clear } = painting;
  const top = drawn === undefined ? "" : `${up(rowsAbove(drawn, columns))}\r`;
  // Without lines, rows are overwritten: some terminals copy a screen to the scrollback when it is erased from its first row.
  const inPlace = frame !== undefined && lines.length === 0;
  const erased = clear ? CLEAR : drawn === undefined || inPlace ? top : top + ERASE_BELOW;
  // If a line ends in the last column, CR cancels the pending wrap, so that LF advances one row, not two.
  const printed = lines.map((line) => `${indentWrapped(line, columns)}\r\n`).join("");
  return erased + printed + (frame === undefined ? "" : draw(frame, keepsVideo(painting) ? frame.videoRows ?? 0 : 0));
}

/**
 * Places the cursor by writing its row up to it again, which is right even if the terminal measures widths differently.
 */
function draw({ rows, cursorRow, beforeCursor }: LiveFrame, kept: number): string {
  // Each row is erased before it is written: after a full row the cursor is still on its last character.
  const erase = (index: number) => index < kept ? "" : index < rows.length - 1 ? ERASE_ROW : ERASE_BELOW;
  const region = rows.map(({ text }, index) => erase(index) + text).join("\r\n");
  return `${WRAP_OFF}${region}${up(rows.length - 1 - cursorRow)}\r${beforeCursor.text}${WRAP_ON}`;
}

/** The text that draws in the region's first rows, and leaves the cursor where it is (DECSC, DECRC). */
export function paintVideo(text: string, drawn: Drawn): string {
  return `\x1b7${up(rowsAbove(drawn, drawn.columns))}\r${text}\x1b8`;
}

/** How far the cursor is below the region's first row. Terminals rewrap rows when the window gets narrower. */
function rowsAbove({ frame, columns: before, hasPictures = false }: Drawn, columns: number): number {
  const { rows, cursorRow, beforeCursor, videoRows = 0 } = frame;
  if (columns >= before) return cursorRow;
  const inPicture = hasPictures ? Math.ceil(before / columns) : 1;
  const above = rows.slice(videoRows, cursorRow)
    .reduce((sum, { plain }) => sum + broken(plain, columns).length, videoRows * inPicture);
  const current = broken(rows[cursorRow]!.plain, columns);
  return above + current.findLastIndex(({ start }) => start <= beforeCursor.plain.length);
}

function broken(text: string, columns: number): TextRow[] {
  const rows = wrap(text, { columns, first: 0, next: 0 });
  // A full row does not begin another one until a character follows.
  return rows.length > 1 && rows.at(-1)!.text === "" ? rows.slice(0, -1) : rows;
}

function up(rows: number): string {
  return rows === 0 ? "" : `\x1b[${rows}A`;
}
