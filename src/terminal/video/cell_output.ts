/**
 * Collects text for cells of a part of the window. Its first column is that of the window, and the cursor begins and ends in the
 * first cell: all moves are relative, so that the part may be anywhere. A character is one column wide.
 */
export class CellOutput {
  #text = "";
  #row = 0;
  #column = 0;

  /** Moves the cursor, by a shorter sequence where it goes on in its row. */
  moveTo(row: number, column: number): void {
    if (row !== this.#row) {
      this.#text += row > this.#row ? `\x1b[${row - this.#row}B` : `\x1b[${this.#row - row}A`;
      this.#row = row;
      // After the last column the cursor of some terminals is beyond it.
      this.#column = -1;
    }
    if (column === this.#column) return;
    if (column === 0) this.#text += "\r";
    else if (column === this.#column + 1) this.#text += "\x1b[C";
    else if (column > this.#column && this.#column >= 0) this.#text += `\x1b[${column - this.#column}C`;
    else this.#text += `\x1b[${column + 1}G`;
    this.#column = column;
  }

  /** Writes what takes no columns. */
  control(text: string): void {
    this.#text += text;
  }

  /** Writes a text of so many columns. */
  write(text: string, columns: number): void {
    this.#text += text;
    this.#column += columns;
  }

  /** Returns all that was written, with the way back to the first cell, and begins again. */
  take(): string {
    if (this.#text !== "") this.moveTo(0, 0);
    const text = this.#text;
    this.#text = "";
    return text;
  }
}
