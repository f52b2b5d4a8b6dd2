/** A small terminal emulator that knows colours: it reads pixels back from half blocks. */

const SEQUENCE = /^\p{Cc}\[(\??[\d;]*)([A-Za-z])/u;

/** A colour as `r,g,b` of true colour, or its code; `default` for that of the terminal. */
type ScreenColor = string;

interface ColorCell {
  readonly char: string;
  readonly text: ScreenColor;
  readonly background: ScreenColor;
}

const EMPTY: ColorCell = { char: " ", text: "default", background: "default" };

export class ColorScreen {
  readonly columns: number;
  readonly rows: number;
  readonly #cells: ColorCell[][];
  #row = 0;
  #column = 0;
  #text: ScreenColor = "default";
  #background: ScreenColor = "default";

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => EMPTY));
  }

  /** The characters, without trailing blanks. */
  get text(): string {
    return this.#cells.map((row) => row.map(({ char }) => char).join("").trimEnd()).join("\n");
  }

  get cursor(): readonly [row: number, column: number] {
    return [this.#row, this.#column];
  }

  /** Draws text with sequences; LF begins the next row. Throws for what would be outside. */
  write(text: string): void {
    for (let rest = text; rest !== "";) {
      const sequence = SEQUENCE.exec(rest);
      if (sequence !== null) this.#control(sequence[1]!, sequence[2]!);
      else this.#char(String.fromCodePoint(rest.codePointAt(0)!));
      rest = rest.slice(sequence?.[0].length ?? String.fromCodePoint(rest.codePointAt(0)!).length);
    }
  }

  /** The colours of the upper and of the lower pixel of a cell. */
  pixels(row: number, column: number): readonly [upper: ScreenColor, lower: ScreenColor] {
    const { char, text, background } = this.#cells[row]![column]!;
    if (char === "▀") return [text, background];
    if (char === "▄") return [background, text];
    return [background, background];
  }

  #char(char: string): void {
    if (char === "\r") this.#column = 0;
    else if (char === "\n") [this.#row, this.#column] = [this.#row + 1, 0];
    else {
      if (this.#row >= this.rows || this.#column >= this.columns) throw new Error(`${char} is outside the screen`);
      this.#cells[this.#row]![this.#column++] = { char, text: this.#text, background: this.#background };
    }
  }

  #control(parameters: string, final: string): void {
    const count = Math.max(1, Number.parseInt(parameters) || 0);
    switch (final) {
      case "m":
        return this.#colors(parameters.split(";").map(Number));
      case "A":
        return this.#move(this.#row - count, this.#column);
      case "B":
        return this.#move(this.#row + count, this.#column);
      case "C":
        return this.#move(this.#row, this.#column + count);
      case "G":
        return this.#move(this.#row, count - 1);
      case "H":
        return this.#move(0, 0);
      case "n":
        return;
      default:
        throw new Error(`Cannot draw the sequence ${JSON.stringify(parameters + final)}`);
    }
  }

  /** Moves as terminals do: after the last character of a row the cursor is on it. */
  #move(row: number, next: number): void {
    const column = this.#column === this.columns && next === this.columns ? next - 1 : next;
    if (row < 0 || row >= this.rows || column >= this.columns) throw new Error("The cursor leaves the screen");
    [this.#row, this.#column] = [row, column];
  }

  #colors(codes: readonly number[]): void {
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at]!;
      if (code === 0) this.#text = this.#background = "default";
      else if (code === 39) this.#text = "default";
      else if (code === 49) this.#background = "default";
      else if (code === 38 || code === 48) {
        const isTrue = codes[at + 1] === 2;
        const color = isTrue ? codes.slice(at + 2, at + 5).join(",") : `x${codes[at + 2]}`;
        if (code === 38) this.#text = color;
        else this.#background = color;
        at += isTrue ? 4 : 2;
      } else if (code >= 30 && code <= 37 || code >= 90 && code <= 97) this.#text = `${code}`;
      else if (code >= 40 && code <= 47 || code >= 100 && code <= 107) this.#background = `${code - 10}`;
    }
  }
}
