import { INDENT } from "./lines.ts";
import { textWidth } from "./width.ts";

const ASCII = /^[ -~]*$/;
/** Blanks, where a row may end; colours and links, which take no columns; and the rest. */
const ATOM = /[\p{Zs}\t]+|\p{Cc}\[[\d;?]*[A-Za-z]|\p{Cc}\]8;;[^\p{Cc}]*\p{Cc}\\|[^\p{Cc}\p{Zs}]+|\p{Cc}/gu;
const ESCAPE = "\x1b";
const BLANK = /^[\p{Zs}\t]/u;
/** Narrower windows have no columns to spare. */
const MIN_COLUMNS = 3 * INDENT.length;

/**
 * Breaks a line where the window is full, at a blank, and indents what follows. A terminal would go on in the first column:
 * padded with blanks, a message could show there what looks like a message of another member. A word that is longer than a
 * row, such as a link, is left whole for the terminal to wrap.
 */
export function hang(line: string, columns: number): string {
  if (columns < MIN_COLUMNS || line.length <= (ASCII.test(line) ? columns : columns / 2)) return line;
  const atoms = line.match(ATOM) ?? [];
  let text = "";
  let column = 0;
  for (let index = 0; index < atoms.length; index++) {
    const atom = atoms[index]!;
    const width = widthOf(atom);
    if (BLANK.test(atom) && column > 0 && column + width + wordWidth(atoms, index + 1) > columns) {
      text += `\r\n${INDENT}`;
      column = INDENT.length;
    } else {
      text += atom;
      column = column + width > columns ? (column + width) % columns : column + width;
    }
  }
  return text;
}

/** Columns of the atoms from `index` up to the next blank. */
function wordWidth(atoms: readonly string[], index: number): number {
  let width = 0;
  for (let end = index; end < atoms.length && !BLANK.test(atoms[end]!); end++) width += widthOf(atoms[end]!);
  return width;
}

/** A tab counts as a whole tab stop. */
function widthOf(atom: string): number {
  if (atom.startsWith(ESCAPE)) return 0;
  return textWidth(atom.replaceAll("\t", INDENT));
}
