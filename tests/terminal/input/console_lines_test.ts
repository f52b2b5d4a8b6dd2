import { assertEquals } from "@std/assert";
import { ConsoleLines } from "../../../src/terminal/input/console_lines.ts";
import type { Keyboard } from "../../../src/terminal/screen/keyboard.ts";

/** Lines that are typed as these chunks; after them the console is gone. */
function lines(...chunks: readonly string[]) {
  const left = [...chunks];
  const modes: boolean[] = [];
  const shown: string[] = [];
  const keyboard: Keyboard = {
    read: () => Promise.resolve(left.length === 0 ? null : new TextEncoder().encode(left.shift())),
    setRaw: (raw) => modes.push(raw),
  };
  return { modes, shown, left, lines: new ConsoleLines({ keyboard, echo: (text) => shown.push(text) }) };
}

Deno.test("a line contains every character that is typed, and shows it", async () => {
  const typed = lines("\u00e9", "\u65e5\u672c", "\u{1f600}", "\r");
  assertEquals(await typed.lines.next(), "\u00e9\u65e5\u672c\u{1f600}");
  assertEquals(typed.shown, ["\u00e9", "\u65e5\u672c", "\u{1f600}", "\r\n"]);
  assertEquals(typed.modes, [true, false]);
});

Deno.test("Backspace removes what looks like one character, and Escape the whole line", async () => {
  const typed = lines(
    "a\u65e5",
    "\x7f",
    "\u{1f469}\u200d\u{1f680}",
    "\b",
    "b\r",
    "wrong",
    "\x1b",
    "right\r",
    "x\x15\x7fy\r",
  );
  assertEquals(await typed.lines.next(), "ab");
  assertEquals(typed.shown.join(""), "a\u65e5\b \b\b \b\u{1f469}\u200d\u{1f680}\b \b\b \bb\r\n");
  assertEquals(await typed.lines.next(), "right");
  assertEquals(await typed.lines.next(), "y");
});

Deno.test("arrow keys and other keys leave no characters in a line", async () => {
  const typed = lines("a\x1b[A", "\x1b[1;5C", "\t", "b\x1bx", "\x1b[3~", "\x01", "\r");
  assertEquals(await typed.lines.next(), "ab");
});

Deno.test("lines that are typed or pasted ahead answer the next questions", async () => {
  const typed = lines("one\rtwo\r", "\x1b[200~three\nfour\x1b[201~", "\r");
  const read = [];
  for (let line = await typed.lines.next(); line !== undefined; line = await typed.lines.next()) read.push(line);
  assertEquals(read, ["one", "two", "three", "four"]);
});

Deno.test("Ctrl-C leaves at once, Ctrl-D and Ctrl-Z leave in an empty line, and so does the end of the console", async () => {
  for (const keys of ["\x03", "abc\x03", "\x04", "\x1a", "a\x7f\x1a"]) {
    assertEquals(await lines(keys, "later\r").lines.next(), undefined);
  }
  assertEquals(await lines("a\x04\x1ab\r").lines.next(), "ab");
  const gone = lines("never sent");
  assertEquals(await gone.lines.next(), undefined);
  assertEquals(gone.modes, [true, false]);
});

Deno.test("a hidden line is not shown, and is shown again afterwards", async () => {
  const typed = lines("secret\x7f\r", "open\r");
  {
    using _hidden = typed.lines.hide();
    assertEquals(await typed.lines.next(), "secre");
  }
  assertEquals(typed.shown, ["\r\n"]);
  assertEquals(await typed.lines.next(), "open");
  assertEquals(typed.shown, ["\r\n", "open", "\r\n"]);
});

Deno.test("the lines as bytes end with LF, and Ctrl-C in a hidden line is a byte of its own", async () => {
  const typed = lines("\u00e9\r", "x\x03", "y\r", "\x03", "never\r");
  const read: string[] = [];
  let hidden: Disposable | undefined;
  for await (const bytes of typed.lines.bytes()) {
    read.push(new TextDecoder().decode(bytes));
    if (read.length === 1) hidden = typed.lines.hide();
    if (read.length === 3) hidden?.[Symbol.dispose]();
  }
  assertEquals(read, ["\u00e9\n", "\x03", "y\n"]);
});
