/** How many columns a text takes on a terminal, told by grapheme, and where its rows break. */

import { unicodeWidth } from "@std/cli/unicode-width";

const ASCII = /^[\x20-\x7e]*$/;
const FLAG = /^\p{RI}\p{RI}$/u;
const EMOJI_STYLE = /^\p{Emoji}\ufe0f/u;
const JOINED = /\p{Extended_Pictographic}.*\u200d/u;
const TONED = /^\p{Emoji_Modifier_Base}\ufe0f?\p{Emoji_Modifier}/u;

const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

/** What a reader takes for one character, each as a string of its own. */
export function graphemes(text: string): string[] {
  if (ASCII.test(text)) return text.split("");
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns of one grapheme: 0, 1 or 2. More only where a terminal shows its parts side by side. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && grapheme >= " " && grapheme <= "~") return 1;
  if (FLAG.test(grapheme) || EMOJI_STYLE.test(grapheme) || TONED.test(grapheme) || JOINED.test(grapheme)) return 2;
  return unicodeWidth(grapheme);
}

/** Columns of a text without line breaks, tabs and escape sequences. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** The text itself if it fits, else as much of it as fits with an ellipsis. */
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

/** A row of a wrapped text: `text` from offset `start` up to `end`, a line break not included, `width` columns wide. */
export interface TextRow {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly width: number;
  /** Whether it follows a line break of the text; otherwise it is the first, or the row before was full. */
  readonly broken: boolean;
}

export interface WrapOptions {
  readonly columns: number;
  /** Columns that are taken on the first row. */
  readonly first: number;
  /** Columns that are taken on a row behind a line break. */
  readonly next: number;
}

/** Breaks a text into rows, at line breaks and where a row is full. A text that fills its last row exactly gets an empty one behind it. */
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
