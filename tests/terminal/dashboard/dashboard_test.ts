import { assert, assertEquals } from "@std/assert";
import { type Dashboard, layOutDashboard, sparkline } from "../../../src/terminal/dashboard/dashboard.ts";
import { createPalette } from "../../../src/terminal/render/palette.ts";
import { textWidth } from "../../../src/terminal/screen/text_width.ts";

const BOARD: Dashboard = {
  title: "Confab at home",
  rows: [
    { label: "messages", value: "1,234", detail: "5/s", trend: [0, 1, 2, 7] },
    { label: "sent", value: "9", detail: "1,000/s", trend: [3, 3] },
    { label: "rejected", value: "2", detail: "a very long list of codes that takes no part" },
  ],
};

function plainRows(board: Dashboard, columns: number, rows: number): string[] {
  return layOutDashboard(board, { columns, rows }, createPalette(false)).rows.map(({ text }) => text.trimEnd());
}

Deno.test("dashboard: names, values, details and trends are aligned in columns", () => {
  assertEquals(plainRows(BOARD, 40, 24), [
    "Confab at home",
    "messages  1,234  5/s      ▁▂▃█",
    "sent          9  1,000/s  ██",
    "rejected      2  a very long list of co…",
    "q quits",
  ]);
});

Deno.test("dashboard: a problem is shown between the title and the figures", () => {
  assertEquals(plainRows({ ...BOARD, trouble: "No answer" }, 40, 24).slice(0, 3), [
    "Confab at home",
    "No answer",
    "messages  1,234  5/s      ▁▂▃█",
  ]);
});

Deno.test("dashboard: it fits a window of any size, with or without colours, and the hint stays", () => {
  for (const color of [false, true]) {
    for (let columns = 2; columns < 60; columns++) {
      for (let rows = 1; rows < 9; rows++) {
        const frame = layOutDashboard(BOARD, { columns, rows }, createPalette(color));
        assert(frame.rows.length <= Math.max(1, rows - 1));
        assertEquals(frame.cursorRow, frame.rows.length - 1);
        for (const { plain } of frame.rows) assert(textWidth(plain) <= columns, `${columns}: ${plain}`);
        assert(frame.rows.at(-1)!.plain.startsWith("q"));
      }
    }
  }
});

Deno.test("dashboard: a trend shows the newest values that fit, the highest as a full bar and zero as the lowest", () => {
  assertEquals(sparkline([0, 0, 0], 10), "▁▁▁");
  assertEquals(sparkline([0, 0.001, 500, 1_000], 10), "▁▂▅█");
  assertEquals(sparkline([9, 9, 1, 2], 2), "▅█");
  assertEquals(sparkline([], 10), "");
  for (const columns of [0, -3]) assertEquals(sparkline([1, 2], columns), "");
});
