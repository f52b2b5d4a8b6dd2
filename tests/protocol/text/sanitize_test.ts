import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { sanitize, sanitizeJson, sanitizeLine } from "../../../src/protocol/text/sanitize.ts";
import { dangersIn, HARMLESS_TEXTS, HOSTILE_TEXTS, isDangerous } from "../../helpers/hostile_texts.ts";

const ANY_TEXT = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.constantFrom("\x1b", "[", "\x9b", "\r", "\n", "\r\n", "\u202e", "\ufeff", "a", "😀"),
  ),
});

Deno.test("sanitize and sanitizeLine remove all dangerous characters from every text of the corpus", () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    assert(dangersIn(text).length > 0 || text.includes("\n"), `The corpus has a text that is not hostile: ${what}`);
    assertEquals(dangersIn(sanitize(text)), [], what);
    assertEquals([dangersIn(sanitizeLine(text)), /[\t\n]/.test(sanitizeLine(text))], [[], false], what);
  }
});

Deno.test("sanitize and sanitizeLine remove all dangerous characters from any text, and sanitize is idempotent", () => {
  fc.assert(
    fc.property(ANY_TEXT, (text) => {
      const shown = sanitize(text);
      assertEquals(dangersIn(shown), []);
      assertEquals(sanitize(shown), shown);
      assert(!/[\t\n]/.test(sanitizeLine(text)));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("sanitizeJson leaves no dangerous character, and the JSON parses to the same value", () => {
  fc.assert(
    fc.property(ANY_TEXT, (text) => {
      const json = sanitizeJson(JSON.stringify(text));
      assertEquals([...json].filter((char) => isDangerous(char) || /[\t\n]/.test(char)), []);
      assertEquals(JSON.parse(json), text);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("harmless texts stay unchanged", () => {
  for (const { what, text } of HARMLESS_TEXTS) assertEquals(sanitize(text), text, what);
});

Deno.test("a C0 control character becomes its picture, and other dangerous characters the replacement character", () => {
  assertEquals(sanitize("\0\x07\x08\x1b[31m\x7f"), "␀␇␈␛[31m␡");
  assertEquals(sanitize("\x9b2J \u202e \ufeff \ud800"), "\ufffd2J \ufffd \ufffd \ufffd");
});

Deno.test("a carriage return before a line feed is dropped, and becomes a picture elsewhere", () => {
  assertEquals(sanitize("a\r\nb\r\n"), "a\nb\n");
  assertEquals(sanitize("a\rb"), "a␍b");
  assertEquals(sanitize("a\r\r\nb"), "a␍\nb");
  assertEquals(sanitize("a\n\rb"), "a\n␍b");
});

Deno.test("a letter keeps up to 8 combining marks, and any further marks become one replacement character", () => {
  const marks = (count: number) => `a${"\u0301".repeat(count)}`;
  assertEquals(sanitize(marks(8)), marks(8));
  assertEquals(sanitize(`${marks(9)}b${marks(10_000)}`), `${marks(8)}\ufffdb${marks(8)}\ufffd`);
  assertEquals(sanitize("a\u200d".repeat(100)), "a\u200d".repeat(100));
});

Deno.test("sanitizeJson keeps the meaning of a line of JSON and leaves nothing that could draw", () => {
  for (const { what, text } of [...HOSTILE_TEXTS, ...HARMLESS_TEXTS]) {
    const line = JSON.stringify({ text, [text]: `\\${text}` });
    const shown = sanitizeJson(line);
    assertEquals(JSON.parse(shown), JSON.parse(line), what);
    assertEquals([[...shown].filter(isDangerous), shown.includes("\n")], [[], false], what);
  }
  assertEquals(sanitizeJson('{\r"type":\t"ping"\r}\r'), '{ "type":\t"ping" } ');
  assertEquals(sanitizeJson("no JSON \x1b[2J\x9b"), "no JSON  [2J\\u009b");
});

Deno.test("sanitizeLine turns tabs and line breaks into spaces", () => {
  assertEquals(sanitizeLine("a\tb\nc\r\nd"), "a b c d");
});

Deno.test("a surrogate pair is kept, and a lone half becomes a replacement character", () => {
  assertEquals(sanitize("😀"), "😀");
  assertEquals(sanitize("😀".slice(0, 1)), "\ufffd");
  assertEquals(sanitize("😀".slice(1)), "\ufffd");
});
