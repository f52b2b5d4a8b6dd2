/**
 * What to write so that lines join the scrollback and the live region stands below them. Pure.
 * It uses neither the alternate screen nor scroll regions: what was printed belongs to the terminal, which wraps it, too.
 */

import { hang } from "./row_indent.ts";
import type { LiveFrame } from "../render/live_region.ts";
import { type TextRow, wrap } from "./text_width.ts";

/** A frame on the screen, and how wide the screen was. */
export interface Drawn {
  readonly frame: LiveFrame;
  readonly columns: number;
}

const ERASE_BELOW = "\x1b[J";
const ERASE_ROW = "\x1b[K";
/** DECAWM: without it a row that the terminal takes for wider than we do is cut and no row is added. */
const WRAP_OFF = "\x1b[?7l";
const WRAP_ON = "\x1b[?7h";
const CLEAR = "\x1b[H\x1b[2J";

export interface Painting {
  /** What is on the screen now. */
  readonly drawn: Drawn | undefined;
  /** To print above the region; each is broken at blanks where the window is full, and its further rows are indented. */
  readonly lines: readonly string[];
  /** Undefined leaves no region. */
  readonly frame: LiveFrame | undefined;
  /** Of the window now. */
  readonly columns: number;
  /** Whether to clear the window first. */
  readonly clear: boolean;
}

/** Erases the region, prints the lines, draws the region: one string for one write. */
export function paint({ drawn, lines, frame, columns, clear }: Painting): string {
  const top = drawn === undefined ? "" : `${up(rowsAbove(drawn, columns))}\r`;
  // With nothing to print each row is drawn over: some terminals keep a screen that is erased from its first row on as scrollback.
  const inPlace = frame !== undefined && lines.length === 0;
  const erased = clear ? CLEAR : drawn === undefined || inPlace ? top : top + ERASE_BELOW;
  // A line may end in the last column: its CR ends the wait for a wrap, so the LF takes one row and not two.
  const printed = lines.map((line) => `${hang(line, columns)}\r\n`).join("");
  return erased + printed + (frame === undefined ? "" : draw(frame));
}

/** The cursor is placed by writing its row up to it again: that is right even where widths are in dispute. */
function draw({ rows, cursorRow, beforeCursor }: LiveFrame): string {
  // Erased before it is written: behind a row that is full the cursor stands on its last character.
  const region = rows.map(({ text }, index) => (index < rows.length - 1 ? ERASE_ROW : ERASE_BELOW) + text).join("\r\n");
  return `${WRAP_OFF}${region}${up(rows.length - 1 - cursorRow)}\r${beforeCursor.text}${WRAP_ON}`;
}

/** How far the cursor is below the region's first row. Terminals break rows anew when the window gets narrower. */
function rowsAbove({ frame: { rows, cursorRow, beforeCursor }, columns: before }: Drawn, columns: number): number {
  if (columns >= before) return cursorRow;
  const above = rows.slice(0, cursorRow).reduce((sum, { plain }) => sum + broken(plain, columns).length, 0);
  const current = broken(rows[cursorRow]!.plain, columns);
  return above + current.findLastIndex(({ start }) => start <= beforeCursor.plain.length);
}

function broken(text: string, columns: number): TextRow[] {
  const rows = wrap(text, { columns, first: 0, next: 0 });
  // One that is full stays one until something is written behind it.
  return rows.length > 1 && rows.at(-1)!.text === "" ? rows.slice(0, -1) : rows;
}

function up(rows: number): string {
  return rows === 0 ? "" : `\x1b[${rows}A`;
}
