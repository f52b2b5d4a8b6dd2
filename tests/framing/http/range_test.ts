import { assertEquals } from "@std/assert";
import { chooseRange, type RangeChoice } from "../../../src/framing/http/range.ts";

const WHOLE: RangeChoice = { type: "whole" };
const UNSATISFIABLE: RangeChoice = { type: "unsatisfiable" };

function part(start: number, end: number): RangeChoice {
  return { type: "part", start, end };
}

Deno.test("one range of bytes is chosen within the size", () => {
  const cases: readonly (readonly [string, RangeChoice])[] = [
    ["bytes=0-0", part(0, 1)],
    ["bytes=0-9", part(0, 10)],
    ["bytes=0-", part(0, 10)],
    ["bytes=3-5", part(3, 6)],
    ["Bytes= 3-5 ", part(3, 6)],
    ["bytes=9-9", part(9, 10)],
    ["bytes=5-1000", part(5, 10)],
    [`bytes=5-${"9".repeat(400)}`, part(5, 10)],
    ["bytes=-1", part(9, 10)],
    ["bytes=-10", part(0, 10)],
    ["bytes=-11", part(0, 10)],
    ["bytes=007-008", part(7, 9)],
  ];
  for (const [header, expected] of cases) assertEquals(chooseRange(header, 10), expected, header);
});

Deno.test("a range beyond the size is unsatisfiable", () => {
  for (const header of ["bytes=10-", "bytes=10-10", "bytes=-0", `bytes=${"9".repeat(400)}-`]) {
    assertEquals(chooseRange(header, 10), UNSATISFIABLE, header);
  }
  assertEquals(chooseRange("bytes=0-", 0), UNSATISFIABLE);
});

Deno.test("several ranges, other units and nonsense mean the whole", () => {
  const headers = [
    ...["", "bytes", "bytes=", "bytes=-", "bytes=5-3", "bytes=0-1,3-4", "bytes=0-1,", "lines=0-1", "bytes=a-b"],
    ...["bytes=0x1-2", "bytes=1-2-3", "bytes=--5", "bytes=1.5-2", "bytes 0-1", "0-1", "bytes=1 - 2", "bytes=0-1\n"],
  ];
  for (const header of headers) assertEquals(chooseRange(header, 10), WHOLE, header);
  assertEquals(chooseRange(undefined, 10), WHOLE);
  assertEquals(chooseRange("bytes=-5", 0), WHOLE);
});
