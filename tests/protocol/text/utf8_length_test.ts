import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { WELL_FORMED } from "../../helpers/any_text.ts";
import { utf8Length } from "../../../src/protocol/text/utf8_length.ts";

const ENCODER = new TextEncoder();

Deno.test("utf8Length equals the length that TextEncoder gives, for any well-formed text", () => {
  fc.assert(fc.property(WELL_FORMED, (text) => utf8Length(text) === ENCODER.encode(text).length));
});

Deno.test("utf8Length is right on both sides of each boundary of UTF-8", () => {
  for (const code of [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
    const text = String.fromCodePoint(code);
    assertEquals(utf8Length(text), ENCODER.encode(text).length, `U+${code.toString(16)}`);
  }
});
