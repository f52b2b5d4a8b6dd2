import { assertEquals } from "@std/assert";
import { type Key, KeyDecoder } from "../../../src/terminal/input/key_decoder.ts";

const encoder = new TextEncoder();

function decode(...chunks: (string | Uint8Array)[]): Key[] {
  const decoder = new KeyDecoder();
  const keys = chunks.flatMap((chunk) => decoder.push(typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  return [...keys, ...decoder.flush()];
}

/** Joins consecutive `text` keys, because their boundaries depend on the reads. */
function joined(keys: readonly Key[]): Key[] {
  const result: Key[] = [];
  for (const key of keys) {
    const last = result.at(-1);
    if (key.type === "text" && last?.type === "text") {
      result[result.length - 1] = { ...key, text: last.text + key.text };
    } else result.push(key);
  }
  return result;
}

const press = (key: string): Key => ({ type: "press", key });

const SEQUENCES: readonly [string, string][] = [
  ["\r", "enter"],
  ["\n", "enter"],
  ["\t", "tab"],
  ["\x7f", "backspace"],
  ["\b", "backspace"],
  ["\x01", "C-a"],
  ["\x03", "C-c"],
  ["\x1a", "C-z"],
  ["\x00", "C-@"],
  ["\x1f", "C-_"],
  ["\x1b[A", "up"],
  ["\x1b[B", "down"],
  ["\x1b[C", "right"],
  ["\x1b[D", "left"],
  ["\x1bOA", "up"],
  ["\x1bOH", "home"],
  ["\x1bOF", "end"],
  ["\x1bOM", "enter"],
  ["\x1b[H", "home"],
  ["\x1b[F", "end"],
  ["\x1b[1~", "home"],
  ["\x1b[7~", "home"],
  ["\x1b[4~", "end"],
  ["\x1b[8~", "end"],
  ["\x1b[3~", "delete"],
  ["\x1b[5~", "pageup"],
  ["\x1b[6~", "pagedown"],
  ["\x1b[Z", "S-tab"],
  ["\x1b[1;5D", "C-left"],
  ["\x1b[1;3C", "M-right"],
  ["\x1b[1;2A", "S-up"],
  ["\x1b[3;5~", "C-delete"],
  ["\x1bb", "M-b"],
  ["\x1b\x7f", "M-backspace"],
  ["\x1b\r", "M-enter"],
  ["\x1bé", "M-é"],
  ["\x1b😀", "M-😀"],
];

Deno.test("keys: each escape sequence is its key, whole or split at any byte", () => {
  for (const [sequence, key] of SEQUENCES) {
    const bytes = encoder.encode(sequence);
    for (let at = 0; at <= bytes.length; at++) {
      assertEquals(decode(bytes.slice(0, at), bytes.slice(at)), [press(key)], JSON.stringify([sequence, at]));
    }
  }
});

Deno.test("keys: a session split at every byte, and byte by byte, gives the same keys", () => {
  const session = "hé漢👩‍👩‍👧\x1b[A\x1b[1;5Cx\x1b[200~a\r\nb\rc\x1b[31m\x1b[201~\r\n\x1b\x7fend\x1bOH";
  const bytes = encoder.encode(session);
  const whole = joined(decode(bytes));
  assertEquals(whole, [
    { type: "text", text: "hé漢👩‍👩‍👧" },
    press("up"),
    press("C-right"),
    { type: "text", text: "x" },
    { type: "paste", text: "a\nb\nc\x1b[31m" },
    press("enter"),
    press("M-backspace"),
    { type: "text", text: "end" },
    press("home"),
  ]);
  for (let at = 1; at < bytes.length; at++) {
    assertEquals(joined(decode(bytes.slice(0, at), bytes.slice(at))), whole, `split at ${at}`);
  }
  assertEquals(joined(decode(...Array.from(bytes, (byte) => Uint8Array.of(byte)))), whole);
});

Deno.test("keys: a lone Escape waits until it is flushed", () => {
  const decoder = new KeyDecoder();
  assertEquals(decoder.push(encoder.encode("\x1b")), []);
  assertEquals(decoder.waiting, "escape");
  assertEquals(decoder.flush(), [press("escape")]);
  assertEquals(decoder.waiting, "nothing");
});

Deno.test("keys: Escape twice, Alt-[ and Alt-O are keys", () => {
  assertEquals(decode("\x1b\x1b"), [press("escape"), press("escape")]);
  assertEquals(decode("\x1b["), [press("M-[")]);
  assertEquals(decode("\x1bO"), [press("M-O")]);
});

Deno.test("keys: unknown escape sequences are skipped and type nothing", () => {
  for (const sequence of ["\x1b[[A", "\x1bOP", "\x1b[15~", "\x1b[?1;2c", "\x1b[24;80R"]) {
    assertEquals(decode(`a${sequence}b`).filter((key) => key.type !== "text"), [], sequence);
    assertEquals(joined(decode(`a${sequence}b`)), [{ type: "text", text: "ab" }]);
  }
});

Deno.test("keys: focus events are keys and type nothing", () => {
  assertEquals(decode("\x1b[I\x1b[O"), [press("focus-in"), press("focus-out")]);
  assertEquals(decode("\x1b[1;5I"), []);
});

Deno.test("keys: a flush ends an unfinished paste", () => {
  const decoder = new KeyDecoder();
  assertEquals(decoder.push(encoder.encode("\x1b[200~abc\x1b[20")), []);
  assertEquals(decoder.waiting, "paste");
  assertEquals(decoder.flush(), [{ type: "paste", text: "abc\x1b[20" }]);
  assertEquals(decoder.push(encoder.encode("\r")), [press("enter")]);
});

Deno.test("keys: an unfinished paste is buffered only up to its limit", () => {
  const decoder = new KeyDecoder();
  const chunk = encoder.encode("x".repeat(100_000));
  decoder.push(encoder.encode("\x1b[200~"));
  for (let count = 0; count < 10; count++) decoder.push(chunk);
  const keys = decoder.push(encoder.encode("end\x1b[201~y"));
  assertEquals(keys.map((key) => key.type === "press" ? key.key : key.text.length), [256 * 1024, 1]);
});

Deno.test("keys: invalid UTF-8 is replaced, and the keys after it are kept", () => {
  assertEquals(joined(decode(Uint8Array.of(0xff, 0x61, 0xe6, 0x0d))), [
    { type: "text", text: "\ufffda\ufffd" },
    press("enter"),
  ]);
});

Deno.test("keys: CRLF is one Enter, and so is CR without LF", () => {
  assertEquals(decode("\r\n"), [press("enter")]);
  assertEquals(decode("\r", "\n"), [press("enter")]);
  assertEquals(decode("\r", "a\n").filter(({ type }) => type === "press").length, 2);
});

Deno.test("an answer to a status report is no key, wherever the reads split it", () => {
  const bytes = encoder.encode("a\x1b[0nb\x1b[0n\x1b[A\x1b[3n");
  for (let split = 0; split <= bytes.length; split++) {
    const decoder = new KeyDecoder();
    const keys = [...decoder.push(bytes.subarray(0, split)), ...decoder.push(bytes.subarray(split))];
    assertEquals(joined(keys), [{ type: "text", text: "ab" }, press("up")]);
    assertEquals([decoder.takeAnswers(), decoder.takeAnswers()], [2, 0]);
  }
});
