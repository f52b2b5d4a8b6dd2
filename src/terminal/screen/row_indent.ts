import { INDENT } from "../render/line_style.ts";
import { graphemes, graphemeWidth } from "./text_width.ts";

const ASCII = /^[ -~]*$/;
/** Colours and links, which take no columns; what a line of the chat begins with, and all else up to the next of these. */
const ATOM =
  /\p{Cc}\[[\d;?]*[A-Za-z]|\p{Cc}\]8;;[^\p{Cc}]*\p{Cc}\\|(?:[[*!→]|---)|(?:(?!---)[^\p{Cc}[*!→])+|[\p{Cc}-]/gu;
const MARK = /^(?:[[*!→]|---)/u;
const ESCAPE = "\x1b";

/**
 * Indents a part of a line that would look like a line of its own: where the window is full, the terminal goes on in the first
 * column, and a message that is padded up to there could show what looks like a message of another member.
 */
export function hang(line: string, columns: number): string {
  if (columns <= INDENT.length || line.length <= (ASCII.test(line) ? columns : columns / INDENT.length)) return line;
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
