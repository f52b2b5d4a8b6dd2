/** Lays out a dashboard: figures with names, values, details and trends. Pure. */

import type { DrawnRow, LiveFrame, Size } from "../render/live_region.ts";
import type { Palette } from "../render/palette.ts";
import { textWidth, truncate } from "../screen/text_width.ts";

/** Each text is one line without control characters. */
export interface Dashboard {
  readonly title: string;
  /** A problem with the figures, shown below the title. */
  readonly trouble?: string;
  readonly rows: readonly DashboardRow[];
}

export interface DashboardRow {
  readonly label: string;
  readonly value: string;
  /** A remark next to the value. */
  readonly detail?: string;
  /** Values of the last minute, newest last. Drawn if there is space. */
  readonly trend?: readonly number[];
}

const BARS = "▁▂▃▄▅▆▇█";
const GAP = "  ";
const HINT = "q quits";

/** A bar for each of the newest values. The highest value has a full bar, zero the lowest. */
export function sparkline(values: readonly number[], columns: number): string {
  const shown = columns > 0 ? values.slice(-columns) : [];
  const highest = Math.max(...shown);
  return shown.map((value) => BARS[highest > 0 ? Math.ceil(value / highest * (BARS.length - 1)) : 0]).join("");
}

/**
 * Lays out the dashboard for a window. Rows that do not fit are cut off at the right and the bottom; the hint stays.
 */
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
  // Long details of rows without a trend do not move the trends of other rows.
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

/** Joins the parts and cuts the row at the width of the window. */
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
