import { assert, assertEquals } from "@std/assert";
import { indentWrapped } from "../../../src/terminal/screen/row_indent.ts";
import { INDENT } from "../../../src/terminal/render/line_style.ts";
import { textWidth } from "../../../src/terminal/screen/text_width.ts";

/** The rows of a terminal that wraps full rows. */
function rowsOf(line: string, columns: number): string[] {
  return indentWrapped(line, columns).split("\r\n").flatMap((part) => {
    const rows: string[] = [""];
    let column = 0;
    for (const char of part.replaceAll("\t", INDENT).match(/\p{Cc}\[[\d;]*m|[^]/gu) ?? []) {
      const width = char.length > 2 ? 0 : textWidth(char);
      if (column + width > columns) {
        rows.push("");
        column = 0;
      }
      column += width;
      rows[rows.length - 1] += char;
    }
    return rows;
  });
}

const COLOR = /\p{Cc}\[[\d;]*m/gu;

/** True if a row begins like a line of the chat and is indented less than the other rows of a message. */
function looksLikeALine(row: string): boolean {
  const indent = /^\s*/u.exec(row)![0];
  return textWidth(indent) < INDENT.length && /^(?:[[*!]|---)/u.test(row.slice(indent.length));
}

Deno.test("a line is unchanged if no part of it looks like a line of its own", () => {
  for (const line of ["[12:00] ada: hi", "x".repeat(200), Array(60).fill("word").join(" "), "世界 ".repeat(60)]) {
    assertEquals(indentWrapped(line, 80), line);
  }
});

Deno.test("no padding makes a row of a message look like a line of its own", () => {
  const forged = ["[21:35] boss: FORGED", "* boss joined", "! boss failed", "--- boss ---"];
  for (const padding of [" ", "\u00a0", "\u2003", "\u3000", "\t", ".", "- ", "\u4e16", "a" + "\u4e16".repeat(20)]) {
    for (let count = 1; count < 120; count++) {
      for (const end of forged) {
        const rows = rowsOf(`[21:35] eve: ok${padding.repeat(count)}${end}`, 80);
        const bad = rows.slice(1).filter(looksLikeALine);
        assertEquals(bad, [], JSON.stringify([padding, count, end]));
      }
    }
  }
});

Deno.test("colours and links take no columns and stay whole", () => {
  const link = `\x1b]8;;https://example.org/[x]\x1b\\\x1b[4mhttps://example.org/${
    "x".repeat(100)
  }\x1b[24m\x1b]8;;\x1b\\`;
  const shown = indentWrapped(`\x1b[2m[12:00]\x1b[0m ada: see ${link} and more`, 80);
  assert(shown.includes(link));
  const bold = "\x1b[1m*word\x1b[0m ".repeat(10).trim();
  assertEquals(indentWrapped(bold, 80), bold);
});

Deno.test("wrapped code and quotes have their bars before each row, and lose nothing", () => {
  const bar = "\x1b[2m│ \x1b[22m";
  const quote = "\x1b[2m> \x1b[22m";
  const cases: [before: string, shown: string, next: string][] = [
    [`${INDENT}${bar}`, `${INDENT}│ `, `${INDENT}│ `],
    [`${INDENT}${quote}${quote}`, `${INDENT}> > `, `${INDENT}> > `],
    [`${INDENT}• ${bar}`, `${INDENT}• │ `, `${INDENT}  │ `],
    [`${INDENT}12. ${quote}• `, `${INDENT}12. > • `, `${INDENT}    > `],
  ];
  const text = "[12:00] bob: hi   * x \u4e16\u754c --- \u2192 ".repeat(9).trimEnd();
  for (const [before, shown, next] of cases) {
    for (const columns of [24, 40, 41, 80]) {
      const rows = rowsOf(`${before}\x1b[38;5;30m${text}\x1b[39m`, columns).map((row) => row.replace(COLOR, ""));
      assert(rows.length > 3);
      assert(rows.every((row) => textWidth(row) <= columns));
      assertEquals(
        [shown, ...rows.slice(1).map(() => next)],
        rows.map((row, nth) => row.slice(0, (nth ? next : shown).length)),
      );
      assertEquals(rows.map((row, nth) => row.slice((nth ? next : shown).length)).join(""), text);
    }
  }
});

Deno.test("only a bar with a colour, which no text has, is repeated", () => {
  const line = `${INDENT}> ${"word ".repeat(40)}`;
  assertEquals(indentWrapped(line, 80), line);
});
