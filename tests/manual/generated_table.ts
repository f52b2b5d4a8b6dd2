/**
 * Tables of the manual that mirror the code. On a page such a table is between `<!-- generated: NAME -->` and `<!-- end -->`.
 * A cell comes from the code, or is a sentence that the page itself keeps (`KEPT`), found again by the first cell of its row.
 */

/** Marks a cell whose text is written by hand on the page. */
export const KEPT = Symbol("kept");

export type Cell = string | typeof KEPT;

export interface GeneratedTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly [string, ...Cell[]])[];
}

/** Placeholder for the sentence of a new row. */
export const MISSING = "(no sentence yet)";

const MARKED = /(<!-- generated: ([\w -]+) -->\n)([^]*?)(<!-- end -->)/g;

/** The names of the tables that a page has, in order. */
export function tableNames(page: string): string[] {
  return [...page.matchAll(MARKED)].map(([, , name]) => name!);
}

/** The page with its tables renewed. Throws an Error for a table that does not exist. */
export function renew(page: string, tables: ReadonlyMap<string, () => GeneratedTable>): string {
  return page.replace(MARKED, (_, start: string, name: string, old: string, end: string) => {
    const table = tables.get(name);
    if (table === undefined) throw new Error(`There is no generated table "${name}"`);
    return `${start}\n<!-- deno-fmt-ignore -->\n${format(table(), readTable(old))}\n\n${end}`;
  });
}

/** The cells of all rows of a Markdown table below its head, as they are written. */
export function readTable(markdown: string): string[][] {
  const lines = markdown.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

/** A cell of Markdown that shows the text as code. Empty text is an empty cell. */
export function code(text: string): string {
  return text === "" ? "" : `\`${escapeCell(text)}\``;
}

/** A cell with a sentence: it begins with a capital and ends in a full stop. */
export function sentence(text: string): string {
  return fullStop(text.charAt(0).toUpperCase() + text.slice(1));
}

/** A cell with a sentence that may begin with a value in small letters. */
export function fullStop(text: string): string {
  return escapeCell(/[.!?:]$/.test(text) ? text : `${text}.`);
}

function format({ head, rows }: GeneratedTable, old: readonly string[][]): string {
  const kept = new Map(old.map((cells) => [cells[0]!, cells]));
  const lines = rows.map((row) =>
    row.map((cell, index) => cell === KEPT ? kept.get(row[0])?.[index] || MISSING : cell)
  );
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Escapes the bars, which would begin another cell. */
export function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
