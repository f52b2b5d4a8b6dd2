import { assert, assertEquals } from "@std/assert";
import { layOut, type LiveRegion, pendingText, promptTexts } from "../../../src/terminal/render/live_region.ts";
import { initialState } from "../../../src/client/state/client_state.ts";
import { createPalette } from "../../../src/terminal/render/palette.ts";
import { type Drawn, paint } from "../../../src/terminal/screen/screen.ts";
import { Screen } from "../../helpers/screen.ts";

const palette = createPalette(true);

/** A screen and the frame that is drawn on it. */
class Drawing {
  readonly screen: Screen;
  #drawn: Drawn | undefined;

  constructor(columns: number, rows: number) {
    this.screen = new Screen(columns, rows);
  }

  draw(lines: readonly string[], live: Partial<LiveRegion> | undefined, clear = false): void {
    const { columns, rows } = this.screen;
    const full = { pending: [], hints: [], prompts: ["> "], text: "", cursor: live?.text?.length ?? 0, ...live };
    const frame = live === undefined ? undefined : layOut(full, { columns, rows }, palette);
    this.screen.write(paint({ drawn: this.#drawn, lines, frame, columns, clear }));
    this.#drawn = frame === undefined ? undefined : { frame, columns };
  }

  /** The joined lines without empty ones at the end, and the position of the cursor. */
  get shown(): string {
    const { row, column } = this.screen.cursor;
    return `${this.screen.text}\n@${row},${column}`;
  }
}

Deno.test("screen: lines are printed above the unchanged prompt", () => {
  const drawing = new Drawing(20, 5);
  drawing.draw([], { text: "typing" });
  assertEquals(drawing.shown, "> typing\n@0,8");
  drawing.draw(["[12:03] ada: hi", "* bob joined"], { text: "typing", cursor: 2 });
  assertEquals(drawing.shown, "[12:03] ada: hi\n* bob joined\n> typing\n@2,4");
  drawing.draw(["1", "2", "3", "4"], { text: "typing" });
  assertEquals(drawing.shown, "[12:03] ada: hi\n* bob joined\n1\n2\n3\n4\n> typing\n@4,8");
});

Deno.test("screen: a line longer than the window wraps and can be edited anywhere", () => {
  const drawing = new Drawing(10, 5);
  for (let cursor = 0; cursor <= 20; cursor++) {
    drawing.draw([`line ${cursor}`], { text: "abcdefghijklmnopqrst", cursor });
    assert(drawing.screen.text.endsWith(`line ${cursor}\n> abcdefgh\nijklmnopqr\nst`));
    const offset = cursor + 2;
    assertEquals(drawing.screen.cursor, {
      row: drawing.screen.window.indexOf("> abcdefgh") + Math.floor(offset / 10),
      column: offset % 10,
    });
  }
  const lines = Array.from({ length: 21 }, (_, index) => `line ${index}`).join("\n");
  assertEquals(drawing.screen.text, `${lines}\n> abcdefgh\nijklmnopqr\nst`);
});

Deno.test("screen: texts that end in the last column leave no empty row", () => {
  const drawing = new Drawing(10, 6);
  drawing.draw([], { text: "abcdefgh" });
  assertEquals(drawing.shown, "> abcdefgh\n@1,0");
  drawing.draw(["0123456789", "漢字漢字漢", "01234567890123456789"], { text: "abcdefg漢" });
  assertEquals(drawing.shown, "0123456789\n漢字漢字漢\n0123456789\n0123456789\n> abcdefg\n漢\n@5,2");
  drawing.draw([], { text: "x" });
  assertEquals(drawing.shown, "0123456789\n漢字漢字漢\n0123456789\n0123456789\n> x\n@4,3");
});

Deno.test("screen: line breaks are drawn, and tabs and control characters are harmless", () => {
  const drawing = new Drawing(20, 6);
  drawing.draw([], { text: "one\ntwo\n\tx\u202ey" });
  assertEquals(drawing.shown, "> one\n│ two\n│     x\ufffdy\n@2,9");
});

Deno.test("screen: if the terminal measures widths differently, a row stays one row and the cursor is right", () => {
  const drawing = new Drawing(12, 6);
  // Two columns for us, five code points and six columns for this terminal.
  const text = "👩‍👩‍👧".repeat(4);
  drawing.draw(["above"], { text, cursor: text.length });
  drawing.draw(["below"], { text: `${text}x`, cursor: text.length });
  assertEquals(drawing.screen.window.slice(0, 2), ["above", "below"]);
  assertEquals(drawing.screen.window.length, 3);
});

Deno.test("screen: a text taller than the window is shown around the cursor, and printed lines stay", () => {
  const drawing = new Drawing(10, 5);
  const text = Array.from({ length: 30 }, (_, index) => `row ${index}`).join("\n");
  for (const cursor of [0, text.length, 60, 3, text.length - 1]) drawing.draw([`at ${cursor}`], { text, cursor });
  drawing.draw([], { text: "" });
  assertEquals(drawing.screen.text, `at 0\nat ${text.length}\nat 60\nat 3\nat ${text.length - 1}\n>`);
});

Deno.test("screen: pending messages are dim rows above the prompt; only the newest if there are many", () => {
  const drawing = new Drawing(20, 10);
  drawing.draw([], { pending: ["… one", "… two is rather a long one"] });
  assertEquals(drawing.shown, "… one\n… two is rather a l…\n>\n@2,2");
  drawing.draw(["[12:03] zoe: one"], { pending: ["… two"], text: "x" });
  assertEquals(drawing.shown, "[12:03] zoe: one\n… two\n> x\n@2,3");
  drawing.draw([], { pending: Array.from({ length: 12 }, (_, index) => `… ${index}`) });
  assertEquals(drawing.shown, "[12:03] zoe: one\n… 8 more waiting to…\n… 8\n… 9\n… 10\n… 11\n>\n@6,2");
});

Deno.test("screen: hints are below the line and leave no trace", () => {
  const drawing = new Drawing(20, 5);
  drawing.draw(["1", "2", "3", "4"], { text: "typing", hints: ["a hint that is rather long"] });
  assertEquals(drawing.shown, "1\n2\n3\n4\n> typing\na hint that is rath…\n@3,8");
  drawing.draw(["5"], { text: "typing", hints: ["a hint"], pending: ["… one"] });
  assertEquals(drawing.shown, "1\n2\n3\n4\n5\n… one\n> typing\na hint\n@3,8");
  drawing.draw([], { text: "typing" });
  assertEquals(drawing.shown, "1\n2\n3\n4\n5\n> typing\n@2,8");
  const low = new Drawing(20, 2);
  low.draw([], { text: "x", hints: ["a hint"] });
  assertEquals(low.shown, "> x\n@0,3");
});

Deno.test("screen: a resize to any width loses no printed line and leaves no old prompt", () => {
  const text = "漢字 and some more text, é 漢字 to the end";
  for (const cursor of [0, 2, 10, 20, text.length]) {
    const drawing = new Drawing(60, 20);
    const printed: string[] = [];
    let seed = 7 + cursor;
    for (let step = 0; step < 60; step++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      drawing.screen.resize(12 + seed % 60, 20);
      const line = `line ${step} that stays`;
      if (step % 3 === 0) printed.push(line);
      drawing.draw(step % 3 === 0 ? [line] : [], { text, cursor, prompts: ["#lobby> "] });
    }
    drawing.draw([], undefined);
    assertEquals(drawing.screen.joined.filter((line) => line !== ""), printed, `cursor at ${cursor}`);
  }
});

Deno.test("screen: clearing moves the prompt to the top and keeps the scrollback", () => {
  const drawing = new Drawing(10, 3);
  drawing.draw(["1", "2", "3", "4"], { text: "x" });
  drawing.draw([], { text: "x" }, true);
  assertEquals(drawing.screen.window[0], "> x");
  assertEquals(drawing.screen.scrollback.length, 2);
});

Deno.test("live: the prompt names the room and connection problems, and shrinks in a narrow window", () => {
  const waiting = { kind: "waiting", retryAt: 3_001, reason: "" } as const;
  assertEquals(promptTexts("#lobby", { kind: "online" }, 0, [" [2 #dev 1]", ""]), ["#lobby [2 #dev 1]> ", "#lobby> "]);
  assertEquals(promptTexts("#lobby", { kind: "connecting", attempt: 1 }, 0, [""])[0], "#lobby (connecting…)> ");
  assertEquals(promptTexts("#lobby", waiting, 0, [""]), ["#lobby (reconnecting in 4 s)> ", "#lobby (…)> "]);
  assertEquals(promptTexts(undefined, { kind: "online" }, 0, [""]), ["no room> "]);
  const drawn = (prompts: readonly string[], columns: number) =>
    layOut({ pending: [], hints: [], prompts, text: "x", cursor: 1 }, { columns, rows: 5 }, palette).rows[0]!.plain;
  assertEquals(drawn(promptTexts("#lobby", waiting, 0, [""]), 40), "#lobby (…)> x");
  assertEquals(drawn(["#a-long-room-name> "], 20), "> x");
});

Deno.test("live: a pending message shows its destination and cannot draw", () => {
  const text = (target: { room: string } | { to: string }, text: string) =>
    pendingText({ ref: "r", target, text }, "lobby", initialState);
  assertEquals(text({ room: "lobby" }, "a\nb\x1b"), "… a b␛");
  assertEquals(text({ room: "dev" }, "hi"), "… #dev hi");
  assertEquals(text({ to: "ada" }, "/me waves"), "… → ada: * waves");
});
