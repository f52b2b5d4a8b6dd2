/** Figures on a screen: names, values, and how they went lately. Pure. */

import type { DrawnRow, LiveFrame, Size } from "../render/live_region.ts";
import type { Palette } from "../render/palette.ts";
import { textWidth, truncate } from "../screen/text_width.ts";

/** All of it is one line of text each, without control characters. */
export interface Dashboard {
  readonly title: string;
  /** What is wrong with the figures, in place of nothing. */
  readonly trouble?: string;
  readonly rows: readonly DashboardRow[];
}

export interface DashboardRow {
  readonly label: string;
  readonly value: string;
  /** What stands beside the value. */
  readonly detail?: string;
  /** The values of the last minute, the newest last; drawn where there is room. */
  readonly trend?: readonly number[];
}

const BARS = "▁▂▃▄▅▆▇█";
const GAP = "  ";
const HINT = "q ends it";

/** As high as the highest of them is a full bar; where nothing was is the lowest. */
export function sparkline(values: readonly number[], columns: number): string {
  const shown = columns > 0 ? values.slice(-columns) : [];
  const highest = Math.max(...shown);
  return shown.map((value) => BARS[highest > 0 ? Math.ceil(value / highest * (BARS.length - 1)) : 0]).join("");
}

/** Fits into the window; what does not fit is cut off below and to the right, and the hint stays. */
export function layOutDashboard({ title, trouble, rows }: Dashboard, size: Size, palette: Palette): LiveFrame {
  const columns = Math.max(2, size.columns);
  const height = Math.max(1, size.rows - 1);
  const head = [
    draw([[title, palette.bold]], columns),
    ...(trouble === undefined ? [] : [draw([[trouble, palette.error]], columns)]),
  ];
  const hint = draw([[HINT, palette.dim]], columns);
  const drawn = [...head, ...drawRows(rows, columns, palette)].slice(0, height - 1);
  return { rows: [...drawn, hint], cursorRow: drawn.length, beforeCursor: hint };
}

function drawRows(rows: readonly DashboardRow[], columns: number, palette: Palette): DrawnRow[] {
  const width = (cell: (row: DashboardRow) => string) => Math.max(0, ...rows.map((row) => textWidth(cell(row))));
  const labels = width(({ label }) => label);
  const values = width(({ value }) => value);
  // A long detail where there is no trend moves none of the others aside.
  const details = Math.max(0, ...rows.map(({ detail = "", trend }) => trend === undefined ? 0 : textWidth(detail)));
  return rows.map(({ label, value, detail = "", trend }) => {
    const left = columns - labels - values - details - 3 * GAP.length;
    return draw([
      [pad(label, labels) + GAP, palette.dim],
      [" ".repeat(values - textWidth(value)) + value + GAP, plain],
      [pad(detail, details) + GAP, plain],
      [trend === undefined ? "" : sparkline(trend, left), palette.dim],
    ], columns);
  });
}

type Part = readonly [text: string, style: (text: string) => string];

/** No wider than the window. */
function draw(parts: readonly Part[], columns: number): DrawnRow {
  let left = columns;
  let text = "";
  let plain = "";
  for (const [part, style] of parts) {
    const fitting = left > 0 ? truncate(part, left) : "";
    left -= textWidth(fitting);
    text += style(fitting);
    plain += fitting;
  }
  return { text, plain };
}

function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - textWidth(text)));
}

function plain(text: string): string {
  return text;
}
