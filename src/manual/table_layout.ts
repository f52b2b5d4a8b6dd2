/** A table that fits the width: columns with wrapped cells, or a block of "key: value" lines for each row. */

import {
  lineWidth,
  longestWord,
  type MeasureText,
  plain,
  type Span,
  styled,
  type StyledLine,
  wrapStyled,
} from "./styled_text.ts";

export interface Table {
  readonly header: readonly (readonly Span[])[];
  readonly rows: readonly (readonly (readonly Span[])[])[];
}

export interface TableOptions {
  readonly width: number;
  readonly measure: MeasureText;
}

const GAP = 2;
const BOLD = "1";
const DIM = "2";
/** Columns narrower than this are hard to read when their cells wrap. */
const MIN_WRAPPED_COLUMNS = 16;

/** Lays the table out as lines of at most `width` columns, in columns if they fit without splitting words. */
export function layOutTable(table: Table, options: TableOptions): StyledLine[] {
  const widths = columnWidths(table, options);
  return widths === undefined ? asBlocks(table, options) : asColumns(table, widths, options);
}

/** Returns `undefined` if the columns do not fit without splitting words. */
function columnWidths({ header, rows }: Table, { width, measure }: TableOptions): number[] | undefined {
  const columns = header.map((title, index) => [title, ...rows.map((row) => row[index] ?? [])]);
  const full = columns.map((cells) => Math.max(...cells.map((cell) => lineWidth(cell, measure))));
  const least = columns.map((cells, index) =>
    Math.min(full[index]!, Math.max(MIN_WRAPPED_COLUMNS, ...cells.map((cell) => longestWord(cell, measure))))
  );
  let spare = width - GAP * (columns.length - 1) - sum(least);
  if (spare < 0) return undefined;
  const widths = [...least];
  // The smallest requests are served first: each column gets an equal share of the spare width, or all that it needs.
  const requests = full.map((columns, index) => ({ index, extra: columns - least[index]! }))
    .toSorted((one, other) => one.extra - other.extra);
  for (const [position, { index, extra }] of requests.entries()) {
    const granted = Math.min(extra, Math.floor(spare / (requests.length - position)));
    widths[index]! += granted;
    spare -= granted;
  }
  return widths;
}

function asColumns({ header, rows }: Table, widths: readonly number[], options: TableOptions): StyledLine[] {
  const rule = widths.map((width) => [{ text: "─".repeat(width), sgr: DIM }]);
  return [
    ...columnRow(header.map((title) => styled(title, BOLD)), widths, options),
    ...columnRow(rule, widths, options),
    ...rows.flatMap((row) => columnRow(row, widths, options)),
  ];
}

function columnRow(
  cells: readonly (readonly Span[])[],
  widths: readonly number[],
  { measure }: TableOptions,
): StyledLine[] {
  const wrapped = widths.map((width, index) => wrapStyled(cells[index] ?? [], width, measure));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, nth) =>
    widths.flatMap((width, index) => {
      const line = wrapped[index]![nth] ?? [];
      const isLast = index === widths.length - 1;
      return isLast ? line : [...line, plain(" ".repeat(width - lineWidth(line, measure) + GAP))];
    }));
}

function asBlocks({ header, rows }: Table, { width, measure }: TableOptions): StyledLine[] {
  return rows.flatMap((row, nth) => {
    const lines = header.flatMap((title, index) => {
      const cell = row[index] ?? [];
      if (lineWidth(cell, measure) === 0) return [];
      const key = lineWidth(title, measure) === 0 ? [] : [...styled(title, BOLD), plain(": ")];
      const [first = [], ...rest] = wrapStyled([...key, ...cell], width - GAP, measure);
      return [first, ...rest.map((line) => [plain(" ".repeat(GAP)), ...line])];
    });
    return nth === 0 ? lines : [[], ...lines];
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
