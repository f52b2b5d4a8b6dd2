/** Splits rows of a terminal with escape sequences into pieces of text in one style (SGR, ECMA-48, 8.3.117). */

import { graphemes, graphemeWidth } from "../../src/terminal/screen/text_width.ts";

export interface Look {
  readonly color?: string;
  readonly background?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly reverse?: boolean;
}

export interface Piece {
  readonly column: number;
  readonly cells: number;
  readonly text: string;
  readonly look: Look;
}

/** The colors of a dark terminal: black, red, green, yellow, blue, magenta, cyan, white, and the same brighter. */
const BASIC: readonly string[] = [
  ...["#3b4048", "#e0605e", "#7fb069", "#d9a441", "#6a9fd8", "#b07fc9", "#5fb0b0", "#d8dbe0"],
  ...["#5c6370", "#ff8785", "#a3d68b", "#f2c572", "#93c1f2", "#d3a6e8", "#8ad6d6", "#ffffff"],
];

/** The changes of codes without parameters. */
const SIMPLE: ReadonlyMap<number, Look> = new Map<number, Look>([
  [1, { bold: true }],
  [2, { dim: true }],
  [3, { italic: true }],
  [4, { underline: true }],
  [7, { reverse: true }],
  [22, { bold: false, dim: false }],
  [23, { italic: false }],
  [24, { underline: false }],
  [27, { reverse: false }],
  [39, { color: undefined }],
  [49, { background: undefined }],
]);

const ESCAPE = "\x1b";
/** SGR with its parameters, or the text up to the next escape sequence. */
const PART = new RegExp(`${ESCAPE}\\[([0-9;]*)m|[^${ESCAPE}]+|${ESCAPE}`, "g");
const ASCII = /[\x20-\x7e]+|[^\x20-\x7e]+/g;

/** The pieces of each row. A style continues in the next row. */
export function piecesOf(rows: readonly string[]): Piece[][] {
  let look: Look = {};
  return rows.map((row) => {
    const pieces: Piece[] = [];
    let column = 0;
    for (const [part, codes] of row.matchAll(PART)) {
      if (codes !== undefined) {
        look = restyled(look, codes.split(";").map(Number));
        continue;
      }
      if (part === ESCAPE) throw new Error(`Cannot draw the escape sequence in ${JSON.stringify(row)}`);
      for (const { text, cells } of sameFont(part)) {
        pieces.push({ column, cells, text, look });
        column += cells;
      }
    }
    return pieces;
  });
}

/** Makes each character that is not ASCII a piece of its own, so that no font can shift the text after it. */
function sameFont(part: string): { text: string; cells: number }[] {
  const texts = part.match(ASCII)!.flatMap((text) => text < "\x7f" ? [text] : graphemes(text));
  return texts.map((text) => ({ text, cells: graphemes(text).reduce((sum, each) => sum + graphemeWidth(each), 0) }));
}

/** Throws an Error for an unknown code, because the recording would be wrong. */
function restyled(look: Look, codes: readonly number[]): Look {
  let next = look;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index]!;
    const simple = SIMPLE.get(code);
    if (code === 0) next = {};
    else if (simple !== undefined) next = { ...next, ...simple };
    else if (code === 38 || code === 48) {
      const { color, used } = extended(codes.slice(index + 1));
      next = { ...next, [code === 38 ? "color" : "background"]: color };
      index += used;
    } else next = { ...next, ...basic(code) };
  }
  return next;
}

function basic(code: number): Look {
  const color = BASIC[code % 10 + (code >= 90 ? 8 : 0)];
  const tens = Math.floor(code / 10);
  if (color !== undefined && code % 10 < 8) {
    if (tens === 3 || tens === 9) return { color };
    if (tens === 4 || tens === 10) return { background: color };
  }
  throw new Error(`Cannot draw the rendition ${code}`);
}

/** The color after 38 or 48: one of 256, or red, green and blue. */
function extended([kind, ...rest]: readonly number[]): { color: string; used: number } {
  if (kind === 5) return { color: paletteColor(rest[0]!), used: 2 };
  if (kind === 2) return { color: hex(rest.slice(0, 3)), used: 4 };
  throw new Error(`Cannot draw a color of kind ${kind}`);
}

/** A color of xterm's 256: the 16 basic ones, a cube with sides of 6, and 24 grays. */
function paletteColor(index: number): string {
  if (index < 16) return BASIC[index]!;
  if (index >= 232) return hex(Array(3).fill(8 + 10 * (index - 232)));
  const levels = [0, 95, 135, 175, 215, 255];
  const cube = index - 16;
  return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => levels[step]!));
}

function hex(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
