import { assertEquals, assertMatch, assertNotMatch, assertThrows } from "@std/assert";
import { drawRecording, scenesOf } from "./svg_frames.ts";
import { piecesOf } from "./pieces.ts";
import type { Recording, Screen } from "./recorder.ts";

const TEXT = { title: "A title", description: "What & why" };

function screen(...rows: string[]): Screen {
  return { rows, cursor: { column: 0, row: 0 } };
}

function recording(...screens: Screen[]): Recording {
  const moments = screens.map((shown, index) => ({ at: index * 1000, shown }));
  return {
    lengthMs: screens.length * 1000,
    captions: [{ at: 0, shown: "First" }],
    tracks: [{ name: "ada", title: "ada", columns: 10, rows: 2, moments }],
    stillAt: 1500,
    scenes: [{ name: "one", screens: { ada: "a </metadata> & &lt; b" } }],
  };
}

Deno.test("text is split when its style changes, and a style continues in the next row", () => {
  const [first, second] = piecesOf(["a\x1b[1;38;5;166mb\x1b[7mc", "d\x1b[22;27;39me\x1b[94;48;2;1;2;3mf\x1b[mg"]);
  const bold = { bold: true, color: "#d75f00" };
  assertEquals(first!.map(({ text, look }) => [text, look]), [["a", {}], ["b", bold], ["c", {
    ...bold,
    reverse: true,
  }]]);
  assertEquals(second!.map(({ text }) => text), ["d", "e", "f", "g"]);
  assertEquals(second![0]!.look, { ...bold, reverse: true });
  assertEquals(second![2]!.look.background, "#010203");
  assertEquals(second![3]!.look, {});
});

Deno.test("wide characters and characters of another font are pieces of their own, as wide as on a terminal", () => {
  const [row] = piecesOf(["a 今e\u0301👍🏽b"]);
  assertEquals(row!.map(({ text, column, cells }) => [text, column, cells]), [
    ["a ", 0, 2],
    ["今", 2, 2],
    ["e", 4, 1],
    ["\u0301", 5, 0],
    ["👍🏽", 5, 2],
    ["b", 7, 1],
  ]);
});

Deno.test("rows that cannot be drawn are refused", () => {
  for (const row of ["\x1b[5mblinks", "\x1b[2Jerased", "\x1b[38;9mx"]) {
    assertThrows(() => piecesOf([row]), Error, "Cannot draw");
  }
});

Deno.test("a recording contains the text of its scenes, markup included", () => {
  const recorded = recording(screen("a"));
  assertEquals(scenesOf(drawRecording(recorded, TEXT)), recorded.scenes);
});

Deno.test("each row is drawn once, and without animations one picture stays", () => {
  const svg = drawRecording(recording(screen("same", "x"), screen("same", "<y>"), screen("other")), TEXT);
  assertEquals(svg.match(/>same</g)?.length, 1);
  assertMatch(svg, /&lt;y&gt;/);
  assertMatch(svg, /@keyframes ada\{0%\{transform:translateX\(0px\)\}33\.333%\{transform:translateX\(-104px\)\}/);
  assertMatch(svg, /\.ada\{transform:translateX\(-104px\)/);
  assertMatch(svg, /prefers-reduced-motion:reduce\)\{\.film\{animation:none\}/);
  assertNotMatch(svg, /<script|@import|url\(|<image/);
});
