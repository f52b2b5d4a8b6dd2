/** Cursor motions: each function takes a text and an offset, and returns an offset between two graphemes. Pure. */

import { graphemes } from "../screen/text_width.ts";

const WORD = /[\p{L}\p{M}\p{N}_]/u;

export function previous(text: string, cursor: number): number {
  const start = segmentStart(text, cursor);
  return cursor - (graphemes(text.slice(start, cursor)).at(-1)?.length ?? 0);
}

export function next(text: string, cursor: number): number {
  const end = text.indexOf("\n", cursor);
  const line = end === cursor ? "\n" : text.slice(cursor, end < 0 ? undefined : end);
  return cursor + (graphemes(line)[0]?.length ?? 0);
}

/** The offset itself, or the end of the grapheme that contains it. */
export function boundary(text: string, cursor: number): number {
  let offset = segmentStart(text, cursor);
  for (const grapheme of graphemes(text.slice(offset))) {
    if (offset >= cursor) break;
    offset += grapheme.length;
  }
  return offset;
}

/** Graphemes do not cross line breaks, so segmenting can begin after the last line break. */
function segmentStart(text: string, cursor: number): number {
  const start = lineStart(text, cursor);
  return start === cursor && cursor > 0 ? cursor - 1 : start;
}

export function lineStart(text: string, cursor: number): number {
  return cursor === 0 ? 0 : text.lastIndexOf("\n", cursor - 1) + 1;
}

export function lineEnd(text: string, cursor: number): number {
  const end = text.indexOf("\n", cursor);
  return end < 0 ? text.length : end;
}

/** The start of the word that contains the cursor, or of the one before it. */
export function wordBefore(text: string, cursor: number): number {
  return cursor - runs(graphemes(text.slice(0, cursor)).reverse(), isWord);
}

/** The end of the word that contains the cursor, or of the one after it. */
export function wordAfter(text: string, cursor: number): number {
  return cursor + runs(graphemes(text.slice(cursor)), isWord);
}

/** The start of the run of non-blanks that contains the cursor, or of the one before it. */
export function blankBefore(text: string, cursor: number): number {
  return cursor - runs(graphemes(text.slice(0, cursor)).reverse(), (grapheme) => /\S/.test(grapheme));
}

function isWord(grapheme: string): boolean {
  return WORD.test(grapheme);
}

/** The total length of the leading graphemes that do not fit and the run of fitting ones after them. */
function runs(all: readonly string[], fits: (grapheme: string) => boolean): number {
  const first = all.findIndex(fits);
  if (first < 0) return all.join("").length;
  const end = all.findIndex((grapheme, index) => index > first && !fits(grapheme));
  return all.slice(0, end < 0 ? undefined : end).join("").length;
}

/** The same column in graphemes one line up; `undefined` on the first line. */
export function lineAbove(text: string, cursor: number): number | undefined {
  const start = lineStart(text, cursor);
  if (start === 0) return undefined;
  return atColumn(text, lineStart(text, start - 1), column(text, start, cursor));
}

/** The same column in graphemes one line down; `undefined` on the last line. */
export function lineBelow(text: string, cursor: number): number | undefined {
  const end = lineEnd(text, cursor);
  if (end === text.length) return undefined;
  return atColumn(text, end + 1, column(text, lineStart(text, cursor), cursor));
}

function column(text: string, start: number, cursor: number): number {
  return graphemes(text.slice(start, cursor)).length;
}

function atColumn(text: string, start: number, column: number): number {
  const line = graphemes(text.slice(start, lineEnd(text, start)));
  return start + line.slice(0, column).join("").length;
}
