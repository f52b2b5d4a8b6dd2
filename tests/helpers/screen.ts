/** A small terminal emulator whose screen can be read as text. It supports the output of `src/terminal/screen/screen.ts` only. */

import { unicodeWidth } from "@std/cli/unicode-width";

const ESCAPE = "\x1b";
/** An OSC sequence: a title, a link or a notification. */
const COMMAND = new RegExp(`^${ESCAPE}\\]([0-9]+);([^\\x07\\x1b]*)(?:\\x07|${ESCAPE}\\\\)`);
const SEQUENCE = new RegExp(`^${ESCAPE}\\[(\\??)([0-9;]*)([A-Za-z])`);
/** Save and restore the cursor. */
const SAVE = "\x1b7";
const RESTORE = "\x1b8";
const TAB_COLUMNS = 8;

/** A row of cells. The second cell of a wide character is the empty string. */
interface Line {
  cells: string[];
  /** True if the row continues in the next one. */
  wrapped: boolean;
}

/** Like most terminals, it rewraps lines on a resize and counts columns by code point. */
export class Screen {
  readonly scrollback: Line[] = [];
  #lines: Line[] = [{ cells: [], wrapped: false }];
  #row = 0;
  #column = 0;
  /** True after the last column was written: the next character wraps first. */
  /** Where the cursor was saved. */
  #saved = { row: 0, column: 0 };
  #pendingWrap = false;
  #autowrap = true;
  columns: number;
  rows: number;
  /** The DEC private modes that are set. */
  readonly modes = new Set<string>();

  /** The OSC sequences received (ECMA-48, section 8.3.89). */
  readonly commands: string[] = [];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** All rows from the start of the scrollback, with the terminal's own line breaks. */
  get text(): string {
    return [...this.scrollback, ...this.#lines].map(lineText).join("\n").trimEnd();
  }

  /** The visible rows. */
  get window(): string[] {
    return this.#lines.map(lineText);
  }

  /** All lines, with wrapped rows joined. */
  get joined(): string[] {
    const result: string[] = [];
    let begun = "";
    for (const line of [...this.scrollback, ...this.#lines]) {
      begun += line.cells.join("");
      if (line.wrapped) continue;
      result.push(begun.trimEnd());
      begun = "";
    }
    return result;
  }

  get cursor(): { row: number; column: number } {
    return { row: this.#row, column: this.#column };
  }

  write(text: string): void {
    let rest = text;
    while (rest !== "") {
      const command = COMMAND.exec(rest);
      if (command !== null) {
        this.commands.push(`${command[1]};${command[2]}`);
        rest = rest.slice(command[0].length);
        continue;
      }
      const sequence = SEQUENCE.exec(rest);
      if (sequence !== null) {
        this.#control(sequence[1]!, sequence[2]!, sequence[3]!);
        rest = rest.slice(sequence[0].length);
        continue;
      }
      if (rest.startsWith(SAVE) || rest.startsWith(RESTORE)) {
        if (rest.startsWith(SAVE)) this.#saved = this.cursor;
        else this.#move(this.#saved.row, this.#saved.column);
        rest = rest.slice(SAVE.length);
        continue;
      }
      const char = String.fromCodePoint(rest.codePointAt(0)!);
      this.#char(char);
      rest = rest.slice(char.length);
    }
  }

  resize(columns: number, rows: number): void {
    const { lines, at } = this.#unwrapped();
    this.columns = columns;
    this.rows = rows;
    const broken = lines.map((cells) => breakCells(cells, columns));
    const before = broken.slice(0, at.line).flat().length;
    const own = broken[at.line]!;
    let offset = at.offset;
    let down = 0;
    while (down < own.length - 1 && offset >= own[down]!.cells.length) offset -= own[down++]!.cells.length;
    const all = broken.flat();
    const last = Math.max(before + down, all.findLastIndex(({ cells }) => cells.length > 0));
    const top = Math.max(0, last + 1 - rows);
    this.scrollback.splice(0, Infinity, ...all.slice(0, top));
    this.#lines = all.slice(top, last + 1);
    this.#row = Math.max(0, before + down - top);
    this.#column = Math.min(offset, columns - 1);
    this.#pendingWrap = false;
  }

  #unwrapped(): { lines: string[][]; at: { line: number; offset: number } } {
    const lines: string[][] = [[]];
    let at = { line: 0, offset: 0 };
    const all = [...this.scrollback, ...this.#lines];
    for (const [index, { cells, wrapped }] of all.entries()) {
      const current = lines.at(-1)!;
      if (index === this.scrollback.length + this.#row) {
        at = { line: lines.length - 1, offset: current.length + this.#column };
      }
      for (const cell of cells) current.push(cell);
      if (!wrapped && index < all.length - 1) lines.push([]);
    }
    return { lines, at };
  }

  #control(mark: string, parameters: string, final: string): void {
    const count = Math.max(1, Number.parseInt(parameters) || 0);
    if (mark === "?") return this.#mode(parameters, final === "h");
    switch (final) {
      case "m":
      // A question, which the test answers.
      case "n":
        return;
      case "A":
        return this.#move(this.#row - count, this.#column);
      case "B":
        return this.#move(this.#row + count, this.#column);
      case "C":
        return this.#move(this.#row, this.#column + count);
      case "D":
        return this.#move(this.#row, this.#column - count);
      case "G":
        return this.#move(this.#row, count - 1);
      case "H":
        return this.#move(0, 0);
      case "J":
        return this.#erase(parameters);
      case "K":
        this.#lines[this.#row]!.cells.length = Math.min(this.#lines[this.#row]!.cells.length, this.#column);
        this.#lines[this.#row]!.wrapped = false;
        return;
      default:
        throw new Error(`Cannot draw the sequence ${JSON.stringify(mark + parameters + final)}`);
    }
  }

  #mode(mode: string, on: boolean): void {
    if (mode === "7") this.#autowrap = on;
    if (on) this.modes.add(mode);
    else this.modes.delete(mode);
  }

  #move(row: number, column: number): void {
    this.#pendingWrap = false;
    this.#row = Math.max(0, Math.min(this.rows - 1, row));
    this.#column = Math.max(0, Math.min(this.columns - 1, column));
    while (this.#lines.length <= this.#row) this.#lines.push({ cells: [], wrapped: false });
  }

  #erase(parameters: string): void {
    this.#pendingWrap = false;
    if (parameters === "2") {
      for (const line of this.#lines) Object.assign(line, { cells: [], wrapped: false });
      return;
    }
    const line = this.#lines[this.#row]!;
    line.cells.length = Math.min(line.cells.length, this.#column);
    line.wrapped = false;
    this.#lines.length = this.#row + 1;
  }

  #char(char: string): void {
    if (char === "\r") return this.#move(this.#row, 0);
    if (char === "\n") return this.#lineFeed();
    if (char === "\t") {
      return this.#move(this.#row, (Math.floor(this.#column / TAB_COLUMNS) + 1) * TAB_COLUMNS);
    }
    if (char < " ") throw new Error(`Cannot draw the control character ${JSON.stringify(char)}`);
    const width = unicodeWidth(char);
    if (width === 0) return this.#combine(char);
    if (this.#pendingWrap || this.#column + width > this.columns) this.#wrap(width);
    this.#put(char, width);
  }

  #put(char: string, width: number): void {
    const { cells } = this.#lines[this.#row]!;
    while (cells.length < this.#column) cells.push(" ");
    cells[this.#column] = char;
    if (width === 2) cells[this.#column + 1] = "";
    this.#column += width;
    if (this.#column < this.columns) return;
    this.#column = this.columns - 1;
    this.#pendingWrap = this.#autowrap;
  }

  #combine(char: string): void {
    const { cells } = this.#lines[this.#row]!;
    let column = this.#pendingWrap ? this.#column : this.#column - 1;
    if (cells[column] === "") column--;
    if (cells[column] !== undefined) cells[column] += char;
  }

  #wrap(width: number): void {
    if (!this.#autowrap) {
      this.#column = this.columns - width;
      return;
    }
    this.#lines[this.#row]!.wrapped = true;
    this.#pendingWrap = false;
    this.#column = 0;
    this.#lineFeed();
  }

  #lineFeed(): void {
    this.#pendingWrap = false;
    if (this.#row === this.rows - 1) this.scrollback.push(this.#lines.shift()!);
    else this.#row++;
    while (this.#lines.length <= this.#row) this.#lines.push({ cells: [], wrapped: false });
  }
}

function lineText({ cells }: Line): string {
  return cells.join("").trimEnd();
}

/** Splits the cells of a line into rows, without splitting a wide character. */
function breakCells(cells: readonly string[], columns: number): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (cells.length - start > columns) {
    const end = start + (cells[start + columns] === "" ? columns - 1 : columns);
    lines.push({ cells: cells.slice(start, end), wrapped: true });
    start = end;
  }
  lines.push({ cells: cells.slice(start), wrapped: false });
  return lines;
}
