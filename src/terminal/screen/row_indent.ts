import { INDENT } from "../render/line_style.ts";
import { graphemes, graphemeWidth } from "./text_width.ts";

const ASCII = /^[ -~]*$/;
/**
 * Splits a line into colours and links (which take no columns), marks that begin chat lines, and the text between them.
 */
const ATOM =
  /\p{Cc}\[[\d;?]*[A-Za-z]|\p{Cc}\]8;;[^\p{Cc}]*\p{Cc}\\|(?:[[*!→]|---)|(?:(?!---)[^\p{Cc}[*!→])+|[\p{Cc}-]/gu;
const MARK = /^(?:[[*!→]|---)/u;
const ESCAPE = "\x1b";

/**
 * Indents wrapped parts of a line that would look like a line of their own. The terminal continues a full row in the first
 * column, so a message padded up to there could forge a line of another member.
 */
export function indentWrapped(line: string, columns: number): string {
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
