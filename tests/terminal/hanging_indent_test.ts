import { assert, assertEquals } from "@std/assert";
import { hang } from "../../src/terminal/hanging_indent.ts";
import { INDENT } from "../../src/terminal/lines.ts";
import { textWidth } from "../../src/terminal/width.ts";

const BREAK = `\r\n${INDENT}`;

Deno.test("a line that fits is left as it is, and a longer one goes on indented", () => {
  assertEquals(hang("[12:00] ada: hi", 80), "[12:00] ada: hi");
  assertEquals(hang("x".repeat(80), 80), "x".repeat(80));
  const words = Array(30).fill("word").join(" ");
  for (const row of hang(words, 40).split("\r\n")) assert(row.length <= 40, row);
  assertEquals(hang(words, 40).replaceAll(BREAK, " "), words);
});

Deno.test("whatever blanks a message is padded with, no part of it begins in the first column", () => {
  for (const blank of [" ", "\u00a0", "\u2003", "\u3000", "\t", " \u00a0"]) {
    for (let count = 1; count < 200; count++) {
      const shown = hang(`[21:35] eve: ok${blank.repeat(count)}[21:35] boss: FORGED`, 80);
      const rows = shown.split("\r\n");
      assert(rows.slice(1).every((row) => row.startsWith(INDENT)), JSON.stringify(shown));
      for (const row of rows) assert(textWidth(row.replaceAll("\t", INDENT)) <= 80, JSON.stringify(row));
    }
  }
});

Deno.test("colours and links take no columns, and a long word is left whole", () => {
  const link = `\x1b]8;;https://example.org/\x1b\\\x1b[4mhttps://example.org/${"x".repeat(100)}\x1b[24m\x1b]8;;\x1b\\`;
  const shown = hang(`\x1b[2m[12:00]\x1b[0m ada: see ${link} and more`, 80);
  assert(shown.includes(link));
  const bold = "\x1b[1mword\x1b[0m ".repeat(10).trim();
  assertEquals(hang(bold, 80), bold);
});

Deno.test("a line of wide characters is broken by its columns", () => {
  const rows = hang("世界 ".repeat(30).trim(), 40).split("\r\n");
  for (const row of rows) assert(textWidth(row) <= 40, row);
});

Deno.test("in a window of few columns lines are left to the terminal", () => {
  assertEquals(hang("one two three four five", 10), "one two three four five");
});
