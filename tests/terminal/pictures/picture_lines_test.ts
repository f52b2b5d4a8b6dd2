import { assert, assertEquals } from "@std/assert";
import { pictureBox, type PictureDisplay, pictureLines } from "../../../src/terminal/pictures/picture_lines.ts";
import { indentWrapped } from "../../../src/terminal/screen/row_indent.ts";
import { pictureDisplay } from "../../../src/cli/platform/picture_display.ts";

/** Two by three pixels: red, green; blue, white; black, grey. */
const PICTURE = {
  width: 2,
  height: 3,
  bytes: Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 128, 128, 128]),
};
const INDENT = "        ";

Deno.test("half blocks show two pixels in a cell, and the last row of an odd picture leaves the background", () => {
  assertEquals(pictureLines("true", PICTURE), [
    `${INDENT}\x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[38;2;0;255;0;48;2;255;255;255m▀\x1b[0m`,
    `${INDENT}\x1b[38;2;0;0;0;49m▀\x1b[38;2;128;128;128;49m▀\x1b[0m`,
  ]);
  assertEquals(pictureLines("256", PICTURE), [
    `${INDENT}\x1b[38;5;196;48;5;21m▀\x1b[38;5;46;48;5;231m▀\x1b[0m`,
    `${INDENT}\x1b[38;5;16;49m▀\x1b[38;5;244;49m▀\x1b[0m`,
  ]);
  assertEquals(pictureLines("16", PICTURE), [
    `${INDENT}\x1b[91;44m▀\x1b[92;107m▀\x1b[0m`,
    `${INDENT}\x1b[30;49m▀\x1b[90;49m▀\x1b[0m`,
  ]);
});

Deno.test("cells of one colour share their codes", () => {
  const bytes = new Uint8Array(3 * 4).fill(7);
  assertEquals(pictureLines("true", { width: 2, height: 2, bytes }), [
    `${INDENT}\x1b[38;2;7;7;7;48;2;7;7;7m▀▀\x1b[0m`,
  ]);
});

Deno.test("kitty gets the pixels in chunks, drawn over rows that are there already", () => {
  const bytes = new Uint8Array(3 * 40 * 32).fill(1);
  const lines = pictureLines("kitty", { width: 40, height: 32, bytes });
  assertEquals([lines.length, lines[0]], [2, ""]);
  const [start, end] = ["\x1b7\x1b[1A\r\x1b[8C", "\x1b8"];
  assert(lines[1]!.startsWith(start) && lines[1]!.endsWith(end));
  const parts = lines[1]!.slice(start.length, -end.length).split("\x1b\\").slice(0, -1);
  assertEquals(parts[0]!.slice(0, 50), "\x1b_Ga=T,f=24,s=40,v=32,c=5,r=2,C=1,q=2,m=1;AQEBAQEB");
  assertEquals(parts.map((part) => /m=([01]);/.exec(part)![1]), ["1", "0"]);
  const encoded = parts.map((part) => part.slice(part.indexOf(";") + 1)).join("");
  assertEquals(Uint8Array.fromBase64(encoded), bytes);
});

Deno.test("iTerm2 gets a JPEG file with its size in cells", () => {
  const bytes = Uint8Array.from([0xff, 0xd8, 0xff]);
  assertEquals(pictureLines("iterm2", { width: 17, height: 16, bytes }), [
    "\x1b7\r\x1b[8C\x1b]1337;File=inline=1;size=3;width=3;height=1;preserveAspectRatio=1:/9j/\x07\x1b8",
  ]);
});

Deno.test("the lines of a picture are printed as they are, however narrow the window", () => {
  const bytes = new Uint8Array(3 * 320 * 192);
  for (const display of ["kitty", "iterm2"] as const) {
    for (const line of pictureLines(display, { width: 320, height: 192, bytes })) {
      assertEquals(indentWrapped(line, 50), line);
    }
  }
});

Deno.test("a picture has room in its window, or is not shown", () => {
  assertEquals(pictureBox("true", { columns: 200, rows: 60 }), { width: 40, height: 24 });
  assertEquals(pictureBox("kitty", { columns: 200, rows: 60 }), { width: 320, height: 192 });
  assertEquals(pictureBox("true", { columns: 30, rows: 10 }), { width: 21, height: 12 });
  for (const window of [{ columns: 10, rows: 60 }, { columns: 80, rows: 5 }]) {
    assertEquals(pictureBox("true", window), undefined);
  }
});

Deno.test("the environment says how a terminal shows pictures, and a multiplexer shows no graphics", () => {
  const cases: [Readonly<Record<string, string>>, PictureDisplay][] = [
    [{ TERM: "xterm-kitty" }, "kitty"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "ghostty" }, "kitty"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }, "iterm2"],
    [{ TERM: "xterm-256color", LC_TERMINAL: "iTerm2" }, "iterm2"],
    [{ TERM: "xterm-256color", TERM_PROGRAM: "WezTerm" }, "iterm2"],
    [{ TERM: "tmux-256color", TMUX: "/tmp/1", KITTY_WINDOW_ID: "1" }, "256"],
    [{ TERM: "screen", KITTY_WINDOW_ID: "1", COLORTERM: "truecolor" }, "true"],
    [{ TERM: "xterm-256color", COLORTERM: "truecolor" }, "true"],
    [{ WT_SESSION: "1" }, "true"],
    [{ TERM: "xterm-256color" }, "256"],
    [{ TERM: "linux" }, "16"],
    [{}, "16"],
  ];
  for (const [variables, display] of cases) {
    assertEquals(pictureDisplay((name) => variables[name]), display, JSON.stringify(variables));
  }
});
