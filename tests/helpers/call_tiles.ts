/** Finds the pictures of a call on a captured screen. */

import { coloredCells, pixelsOf } from "./colored_screen.ts";

/** Rows of pixels: red, green and blue of each. Black where the terminal shows its own colour. */
export interface TilePicture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** The picture above the label of a member; `undefined` if the screen has none. */
export function tilePicture(captured: string, member: string, columns: number): TilePicture | undefined {
  const rows = coloredCells(captured);
  const texts = rows.map((row) => row.map(({ char }) => char).join(""));
  const isName = (text: string) => new RegExp(`^(?:● )?${member}(?:, you)?(?: \\(.*\\))?$`).test(text.trim());
  const label = texts.findLastIndex((text) => /^ /.test(text) && text.split(/ {4,}/).some(isName));
  if (label < 0) return undefined;
  const names = texts[label]!.split(/ {4,}/).filter((text) => text.trim() !== "");
  const across = names.length;
  const tile = Math.floor((columns - (across - 1)) / across);
  const left = names.findIndex(isName) * (tile + 1);
  const isDrawn = (row: number, x: number) => rows[row]?.[x]?.background !== undefined;
  const xs = Array.from({ length: tile }, (_, nth) => left + nth).filter((x) => isDrawn(label - 1, x));
  if (xs.length === 0) return undefined;
  const [from, width] = [xs[0]!, xs.at(-1)! - xs[0]! + 1];
  let top = label;
  while (isDrawn(top - 1, from)) top--;
  const height = label - top;
  const bytes = new Uint8Array(3 * width * 2 * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = rows[top + y]?.[from + x];
      if (cell === undefined) continue;
      pixelsOf(cell).forEach((color, half) => bytes.set(color ?? [0, 0, 0], 3 * ((2 * y + half) * width + x)));
    }
  }
  return { width, height: 2 * height, bytes };
}
