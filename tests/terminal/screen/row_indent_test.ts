import { assert, assertEquals } from "@std/assert";
import { indentWrapped } from "../../../src/terminal/screen/row_indent.ts";
import { INDENT } from "../../../src/terminal/render/line_style.ts";
import { textWidth } from "../../../src/terminal/screen/text_width.ts";

/** The rows of a terminal that wraps full rows. */
function rowsOf(line: string, columns: number): string[] {
  return indentWrapped(line, columns).split("\r\n").flatMap((part) => {
    const rows: string[] = [""];
    let column = 0;
    for (const char of part.replaceAll("\t", INDENT)) {
      const width = textWidth(char);
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
