import { assert, assertEquals } from "@std/assert";
import { boxPixels, layOutGrid } from "../../../src/terminal/video/video_grid.ts";

/** Draws the boxes: the number of each picture, and dashes for labels. */
function drawn(count: number, columns: number, rows: number): string[] {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => "."));
  for (const [nth, { picture, label }] of layOutGrid(count, { columns, rows }).entries()) {
    for (const [box, mark] of [[picture, `${nth}`], [label, "-"]] as const) {
      for (let row = box.row; row < box.row + box.rows; row++) {
        for (let column = box.column; column < box.column + box.columns; column++) {
          assertEquals(cells[row]![column], ".");
          cells[row]![column] = mark;
        }
      }
    }
  }
  return cells.map((row) => row.join(""));
}

Deno.test("pictures are side by side in a flat part, and below each other in a high one", () => {
  assertEquals(drawn(1, 8, 3), ["00000000", "00000000", "--------"]);
  assertEquals(drawn(2, 17, 3), ["00000000.11111111", "00000000.11111111", "--------.--------"]);
  assertEquals(drawn(2, 8, 6), ["00000000", "00000000", "--------", "11111111", "11111111", "--------"]);
  const four = ["00000000.11111111", "00000000.11111111", "--------.--------"];
  assertEquals(drawn(4, 17, 6), [...four, ...four.map((row) => row.replaceAll("0", "2").replaceAll("1", "3"))]);
  assertEquals(drawn(3, 17, 6).join("\n").includes("3"), false);
});

Deno.test("a part of any size has boxes inside it, or none if nothing could be seen", () => {
  for (let count = 1; count <= 4; count++) {
    for (let columns = 1; columns <= 60; columns += 3) {
      for (let rows = 0; rows <= 24; rows++) {
        const boxes = layOutGrid(count, { columns, rows });
        drawn(count, columns, rows);
        assert(boxes.length === 0 || boxes.every(({ picture }) => picture.columns >= 4 && picture.rows >= 2));
      }
    }
  }
  assertEquals(layOutGrid(1, { columns: 3, rows: 20 }), []);
  assertEquals(layOutGrid(0, { columns: 80, rows: 20 }), []);
  assertEquals(boxPixels({ columns: 10, rows: 4 }), { width: 10, height: 8 });
});
