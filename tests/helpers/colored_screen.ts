/** Reads the cells of a screen that tmux has captured with its colours. */

/** Red, green and blue from 0 to 255; `undefined` for the terminal's own colour. */
export type CellColor = readonly [red: number, green: number, blue: number] | undefined;

export interface ColoredCell {
  readonly char: string;
  readonly text: CellColor;
  readonly background: CellColor;
}

/** Rows of cells. Characters must be one column wide. */
export function coloredCells(captured: string): ColoredCell[][] {
  let text: CellColor;
  let background: CellColor;
  return captured.replace(/\n$/, "").split("\n").map((line) => {
    const cells: ColoredCell[] = [];
    // deno-lint-ignore no-control-regex -- SGR sequences begin with ESC.
    for (const [part, codes, char] of line.matchAll(/\x1b\[([\d;:]*)m|([^])/gu)) {
      if (char !== undefined) cells.push({ char, text, background });
      else if (part !== undefined) [text, background] = apply(codes!, text, background);
    }
    return cells;
  });
}

/** The two pixels of a cell in half blocks. */
export function pixelsOf({ char, text, background }: ColoredCell): readonly [upper: CellColor, lower: CellColor] {
  if (char === "▀") return [text, background];
  return char === "▄" ? [background, text] : [background, background];
}

/** The mean difference of two colours in each part. */
export function colorError(one: CellColor, other: CellColor): number {
  if (one === undefined || other === undefined) return 255;
  return one.reduce((sum, part, nth) => sum + Math.abs(part - other[nth]!), 0) / 3;
}

function apply(codes: string, text: CellColor, background: CellColor): [CellColor, CellColor] {
  const numbers = codes.split(/[;:]/).map(Number);
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at]!;
    if (code === 0) text = background = undefined;
    else if (code === 39) text = undefined;
    else if (code === 49) background = undefined;
    else if ((code === 38 || code === 48) && numbers[at + 1] === 2) {
      const [red, green, blue] = numbers.slice(at + 2, at + 5);
      if (code === 38) text = [red!, green!, blue!];
      else background = [red!, green!, blue!];
      at += 4;
    }
  }
  return [text, background];
}
