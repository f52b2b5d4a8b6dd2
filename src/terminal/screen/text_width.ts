/** Cell widths of graphemes and texts on a terminal, and wrapping of texts into rows. Pure. */

import { unicodeWidth } from "@std/cli/unicode-width";

const ASCII = /^[\x20-\x7e]*$/;
const FLAG = /^\p{RI}\p{RI}$/u;
const EMOJI_STYLE = /^\p{Emoji}\ufe0f/u;
const JOINED = /\p{Extended_Pictographic}.*\u200d/u;
const TONED = /^\p{Emoji_Modifier_Base}\ufe0f?\p{Emoji_Modifier}/u;

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

/** Splits a text into grapheme clusters, the characters that readers perceive (Unicode UAX #29). */
export function graphemes(text: string): string[] {
  if (ASCII.test(text)) return text.split("");
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The cell width of a grapheme: 0, 1 or 2. More only if terminals show its parts side by side. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && grapheme >= " " && grapheme <= "~") return 1;
  if (FLAG.test(grapheme) || EMOJI_STYLE.test(grapheme) || TONED.test(grapheme) || JOINED.test(grapheme)) return 2;
  return unicodeWidth(grapheme);
}

/** The width of a text without line breaks, tabs and escape sequences. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** The text, shortened with an ellipsis if it does not fit. */
export function truncate(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = "";
  let width = 0;
  for (const grapheme of graphemes(text)) {
    width += graphemeWidth(grapheme);
    if (width > columns - 1) break;
    kept += grapheme;
  }
  return `${kept}…`;
}

/** A row of a wrapped text: the text from `start` to `end` without a line break, `width` columns wide. */
export interface TextRow {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly width: number;
  /** True if a line break precedes the row; false for the first row and after a full row. */
  readonly broken: boolean;
}

export interface WrapOptions {
  readonly columns: number;
  /** Columns that are not available on the first row. */
  readonly first: number;
  /** Columns that are not available on a row after a line break. */
  readonly next: number;
}

/**
 * Wraps a text into rows, at line breaks and at full rows. If the last row is full, an empty row follows for the
 * cursor.
 */
export function wrap(text: string, { columns, first, next }: WrapOptions): TextRow[] {
  const rows: TextRow[] = [];
  let start = 0;
  let offset = 0;
  let width = 0;
  let broken = false;
  let room = columns - first;
  const endRow = (skipped: number, free: number) => {
    rows.push({ text: text.slice(start, offset), start, end: offset, width, broken });
    offset += skipped;
    start = offset;
    width = 0;
    broken = skipped > 0;
    room = free;
  };
  for (const grapheme of graphemes(text)) {
    if (grapheme === "\n") {
      endRow(1, columns - next);
      continue;
    }
    const wide = graphemeWidth(grapheme);
    if (width + wide > room && offset > start) endRow(0, columns);
    width += wide;
    offset += grapheme.length;
    if (width >= room) endRow(0, columns);
  }
  rows.push({ text: text.slice(start, offset), start, end: offset, width, broken });
  return rows;
}
