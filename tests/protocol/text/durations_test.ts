import { assertEquals } from "@std/assert";
import { formatDuration, parseDuration } from "../../../src/protocol/text/durations.ts";

Deno.test("a duration is a whole number of minutes, hours or days", () => {
  assertEquals(["1m", "90m", "24h", "7d", "0d"].map(parseDuration), [60_000, 5_400_000, 86_400_000, 604_800_000, 0]);
});

Deno.test("an invalid duration parses to undefined", () => {
  for (const text of ["", "5", "m", "1.5h", "-1h", "1 h", "1H", "1w", "1h30m", "1234567890m", "１h"]) {
    assertEquals(parseDuration(text), undefined, text);
  }
});

Deno.test("a duration is formatted in the largest unit that divides it", () => {
  for (const text of ["1m", "90m", "5h", "7d"]) assertEquals(formatDuration(parseDuration(text)!), text);
  assertEquals(formatDuration(24 * 60 * 60 * 1_000), "1d");
});
