import { assertEquals } from "@std/assert";
import { othersBusy, parseUsed } from "./peers/others.ts";

function used(all: string, own: string, atSeconds: number) {
  return parseUsed(`cpu  ${all} 0 0\ncpu0 1 2 3\n`, `42 (a (b) c) R 1 1 1 0 -1 0 1 2 3 4 ${own} 20 0\n`, atSeconds);
}

Deno.test("use by others is the total without this process and its children", () => {
  const before = used("100 0 50 9000 7 5 6 0", "10 5 20 15", 10);
  assertEquals(before, { atSeconds: 10, byAll: 1.5, byOurs: 0.5 });
  const after = used("400 10 150 9500 9 55 66 40", "60 25 120 45", 14);
  assertEquals(after, { atSeconds: 14, byAll: 6, byOurs: 2.5 });
  assertEquals(othersBusy(before, after), 0.63);
});

Deno.test("without /proc use by others is unknown, and small clock differences count as none", () => {
  const now = used("100 0 0 0 0 0 0 0", "100 0 0 0", 1);
  assertEquals(othersBusy(undefined, now), 0);
  assertEquals(othersBusy(now, { atSeconds: 2, byAll: 1.5, byOurs: 1.6 }), 0);
});
