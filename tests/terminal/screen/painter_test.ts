import { assert, assertEquals } from "@std/assert";
import { MAX_UNPRINTED_CHARS } from "../../../src/protocol/limits.ts";
import { Painter } from "../../../src/terminal/screen/painter.ts";
import type { Terminal } from "../../../src/terminal/screen/terminal_port.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const FRAME = { rows: [{ text: "> ", plain: "> " }], cursorRow: 0, beforeCursor: { text: "> ", plain: "> " } };

Deno.test("painter: a stalled terminal later gets the newest lines and the number of skipped ones", async () => {
  const held = Promise.withResolvers<void>();
  const writes: string[] = [];
  const terminal: Pick<Terminal, "size" | "write"> = {
    size: () => ({ columns: 80, rows: 24 }),
    write: async (text) => {
      writes.push(text);
      await held.promise;
    },
  };
  const lost = () => assert(false, "the terminal is lost");
  const painter = new Painter({ terminal: terminal as Terminal, clock: new FakeClock(), layOut: () => FRAME, lost });
  painter.print(["in flight"]);
  painter.paint();
  const line = "x".repeat(1_023);
  const fitting = MAX_UNPRINTED_CHARS / 1_024;
  for (let count = 0; count < 2 * fitting; count++) painter.print([line]);
  painter.print(["the newest"]);
  held.resolve();
  await painter.end();
  const printed = writes.slice(1).join("").split("\r\n");
  assertEquals(printed.filter((text) => text === line).length, fitting - 1);
  assert(printed[0]!.endsWith(`! ${fitting + 1} lines were skipped: the terminal is too slow`), printed[0]);
  assertEquals(printed.at(-2), "the newest");
});

Deno.test("painter: paints requested while it ends neither overlap its last write nor draw the region again", async () => {
  const held = Promise.withResolvers<void>();
  const writes: string[] = [];
  let writing = 0;
  const terminal: Pick<Terminal, "size" | "write"> = {
    size: () => ({ columns: 80, rows: 24 }),
    write: async (text) => {
      assertEquals(++writing, 1, "two writes at once");
      writes.push(text);
      await held.promise;
      writing--;
    },
  };
  const lost = () => assert(false, "the terminal is lost");
  const painter = new Painter({ terminal: terminal as Terminal, clock: new FakeClock(), layOut: () => FRAME, lost });
  painter.paint();
  const ended = painter.end();
  painter.print(["last line"]);
  painter.paint();
  held.resolve();
  await Promise.resolve();
  painter.paint();
  await ended;
  painter.paint();
  assertEquals(writes.length, 2);
  assert(writes[1]!.includes("last line") && !writes[1]!.includes("> "), writes[1]);
});

Deno.test("painter: in a narrower window the rows of pictures are found where the terminal has wrapped them", async () => {
  for (const hasPictures of [true, false]) {
    const writes: string[] = [];
    let columns = 20;
    const terminal: Pick<Terminal, "size" | "write"> = {
      size: () => ({ columns, rows: 24 }),
      write: (text) => Promise.resolve(void writes.push(text)),
    };
    const blank = { text: "", plain: "" };
    const frame = { ...FRAME, rows: [blank, blank, blank, ...FRAME.rows], videoRows: 3, cursorRow: 3 };
    const lost = () => assert(false, "the terminal is lost");
    const painter = new Painter({ terminal: terminal as Terminal, clock: new FakeClock(), layOut: () => frame, lost });
    painter.paint();
    await Promise.resolve();
    if (hasPictures) assert(await painter.writeVideo("pictures", painter.video.version));
    columns = 8;
    painter.paint();
    await painter.end();
    const resized = writes[hasPictures ? 2 : 1]!;
    assert(resized.startsWith(hasPictures ? "\x1b[9A\r" : "\x1b[3A\r"), JSON.stringify(resized));
  }
});
