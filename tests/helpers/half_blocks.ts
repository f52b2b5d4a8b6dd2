/** Reads a picture of half blocks in true colour from a terminal's screen, as `Tmux.colors` gives it. */

import { type CellColor, coloredCells, pixelsOf } from "./colored_screen.ts";

type Rgb = NonNullable<CellColor>;

/** The pixels of the picture that begins in the first column: two for each row of the screen, from the top. */
export function halfBlockPicture(screen: string): Rgb[][] {
  return coloredCells(screen).flatMap((cells) => {
    const end = cells.findIndex(({ background }) => background === undefined);
    const picture = (end < 0 ? cells : cells.slice(0, end)).map(pixelsOf);
    return picture.length === 0 ? [] : [picture.map(([upper]) => upper!), picture.map(([, lower]) => lower!)];
  });
}

/** The mean red, green and blue of each cell of a picture that is divided into columns and rows. */
export function meanColours(picture: readonly (readonly Rgb[])[], columns: number, rows: number): number[] {
  const sums = Array.from({ length: columns * rows }, () => [0, 0, 0, 0]);
  for (const [y, line] of picture.entries()) {
    for (const [x, rgb] of line.entries()) {
      const cell = Math.floor((y + 0.5) * rows / picture.length) * columns +
        Math.floor((x + 0.5) * columns / line.length);
      for (const [colour, value] of [...rgb, 1].entries()) sums[cell]![colour]! += value;
    }
  }
  return sums.flatMap(([red, green, blue, count]) => [red! / count!, green! / count!, blue! / count!]);
}
