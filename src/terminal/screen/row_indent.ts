import { INDENT } from "../render/line_style.ts";
import { graphemes, graphemeWidth, textWidth } from "./text_width.ts";

const ASCII = /^[ -~]*$/;
/**
 * Splits a line into colours, links, moves of the cursor and graphics (which take no columns), marks that begin chat lines, and the text between them.
 */
const ATOM =
  /\p{Cc}\[[\d;?]*[A-Za-z]|\p{Cc}\]8;;[^\p{Cc}]*\p{Cc}\\|\p{Cc}[78]|\p{Cc}_G[^\p{Cc}]*\p{Cc}\\|\p{Cc}\]1337;[^\p{Cc}]*\p{Cc}|(?:[[*!→]|---)|(?:(?!---)[^\p{Cc}[*!→])+|[\p{Cc}-]/gu;
const MARK = /^(?:[[*!→]|---)/u;
const ESCAPE = "\x1b";
/** The bars of code and quotes before a line, with bullets and numbers of lists. Only a coloured bar is one of ours. */
const BARS = /^ {8}(?: |•|\d{1,9}[.)]|[│>] |\p{Cc}\[[\d;]*m)*\p{Cc}\[[\d;]*m[│>] /u;
const COLOR = /\p{Cc}\[[\d;]*m/gu;
/** Columns that a row has at least for its text after the bars. */
const MIN_TEXT_COLUMNS = 8;

/**
 * Indents wrapped parts of a line that would look like a line of their own. The terminal continues a full row in the first
 * column, so a message padded up to there could forge a line of another member. Wrapped code and quotes get their bar again.
 */
export function indentWrapped(line: string, columns: number): string {
  if (columns <= INDENT.length || line.length <= (ASCII.test(line) ? columns : columns / INDENT.length)) return line;
  return wrappedAfterBars(line, columns) ?? wrapped(line, columns);
}

function wrapped(line: string, columns: number): string {
  let text = "";
  let column = 0;
  let wrapped = false;
  for (const atom of line.match(ATOM) ?? []) {
    if (wrapped && column < INDENT.length && MARK.test(atom)) {
      text += `\r\n${INDENT}`;
      column = INDENT.length;
    }
    text += atom;
    if (atom.startsWith(ESCAPE)) continue;
    for (const grapheme of graphemes(atom.replaceAll("\t", INDENT))) {
      const width = graphemeWidth(grapheme);
      if (column + width > columns) [column, wrapped] = [0, true];
      column += width;
    }
    if (column === columns) [column, wrapped] = [0, true];
  }
  return text;
}

/** A line after bars, broken at the last column, with the bars before each row; `undefined` for other lines. */
function wrappedAfterBars(line: string, columns: number): string | undefined {
  const [bars] = BARS.exec(line) ?? [];
  const prefix = bars?.replace(COLOR, "").replace(/[^│>]/g, " ");
  if (bars === undefined || prefix === undefined || textWidth(prefix) > columns - MIN_TEXT_COLUMNS) return undefined;
  let text = bars;
  let column = textWidth(prefix);
  for (const atom of line.slice(bars.length).match(ATOM) ?? []) {
    for (const grapheme of atom.startsWith(ESCAPE) ? [atom] : graphemes(atom)) {
      const width = grapheme === "\t" ? INDENT.length - column % INDENT.length : columnsOf(grapheme);
      if (column + width > columns) {
        text += `\r\n${prefix}`;
        column = textWidth(prefix);
      }
      text += grapheme;
      column += width;
    }
  }
  return text;
}

function columnsOf(grapheme: string): number {
  return grapheme.startsWith(ESCAPE) ? 0 : graphemeWidth(grapheme);
}
