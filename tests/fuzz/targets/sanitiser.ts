import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { sanitize, sanitizeLine } from "../../../src/protocol/text/sanitize.ts";
import { pure, type Target } from "../target.ts";
import { assertHarmless, assertHarmlessLine, few } from "./checks.ts";

export const SANITISER: Target = {
  name: "sanitiser",
  gateInputs: 13_000,
  words: ["\x1b", "\x9b", "\r", "\r\n", "\n", "\t", "\u202e", "\u0301", "\u200d", "\u{e0061}", "\ud83d", "\udc68"],
  arbitrary: fc.string({ unit: fc.oneof(fc.nat(0xffff).map((code) => String.fromCharCode(code)), fc.string()) }),
  open: pure(run),
};

const SEEN = /^[\t\n -~]*$/;

/** Sanitised text cannot draw, does not change when sanitised again, and is not longer. Plain text does not change. */
function run(input: string): string {
  const shown = sanitize(input);
  assertHarmless(shown);
  assertEquals(sanitize(shown), shown);
  assert(shown.isWellFormed());
  assert(shown.length <= input.length);
  assert(!/[\p{M}\p{Default_Ignorable_Code_Point}]{9}/u.test(shown), "Marks are stacked");
  const line = sanitizeLine(input);
  assertHarmlessLine(line);
  assertEquals(line, shown.replace(/[\t\n]/g, " "));
  if (SEEN.test(input)) assertEquals(shown, input);
  return `${few(Math.abs(input.length - shown.length))} less, ${shown === input ? "as it was" : "changed"}`;
}
