/** Reads a picture of half blocks in true colour from a terminal's screen, as `Tmux.colors` gives it. */

type Rgb = readonly [red: number, green: number, blue: number];

interface Cell {
  readonly char: string;
  readonly front: Rgb | undefined;
  readonly back: Rgb | undefined;
}

// deno-lint-ignore no-control-regex -- the escape sequences of colours
const PART = /\x1b\[([\d;]*)m|([^\x1b])/gu;

/** The pixels of the picture that begins in the first column: two for each row of the screen, from the top. */
export function halfBlockPicture(screen: string): Rgb[][] {
  let [front, back]: [Rgb | undefined, Rgb | undefined] = [undefined, undefined];
  const rows: Rgb[][] = [];
  for (const line of screen.split("\n")) {
    const cells: Cell[] = [];
    for (const [, codes, char] of line.matchAll(PART)) {
      if (char !== undefined) cells.push({ char, front, back });
      else [front, back] = colours(codes!, front, back);
    }
    const end = cells.findIndex((cell) => cell.back === undefined);
    const picture = end < 0 ? cells : cells.slice(0, end);
    if (picture.length > 0) rows.push(picture.map(topOf), picture.map(bottomOf));
  }
  return rows;
}

function colours(codes: string, front: Rgb | undefined, back: Rgb | undefined): [Rgb | undefined, Rgb | undefined] {
  const numbers = codes.split(";").map(Number);
  const rgb = numbers.slice(2, 5) as unknown as Rgb;
  if (codes.startsWith("38;2;")) return [rgb, back];
  if (codes.startsWith("48;2;")) return [front, rgb];
  if (codes === "39") return [undefined, back];
  if (codes === "49") return [front, undefined];
  return codes === "" || codes === "0" ? [undefined, undefined] : [front, back];
}

function topOf({ char, front, back }: Cell): Rgb {
  return char === "▀" ? front! : back!;
}

function bottomOf({ char, front, back }: Cell): Rgb {
  return char === "▄" ? front! : back!;
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
