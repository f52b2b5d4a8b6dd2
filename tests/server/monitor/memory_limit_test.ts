import { assertEquals } from "@std/assert";
import { MEMORY_RELIEF_SHARE } from "../../../src/protocol/limits.ts";
import { MemoryLimit } from "../../../src/server/monitor/memory_limit.ts";

Deno.test("memory runs out at its bound, which is told once, and is there again only clearly below it", () => {
  let taken = 999;
  const limit = new MemoryLimit({ bytes: 1_000, measure: () => taken });
  const check = (now: number) => [taken = now, limit.check(), limit.exceeded];
  assertEquals(limit.exceeded, false);
  assertEquals(check(999), [999, undefined, false]);
  assertEquals(check(1_000), [1_000, 1_000, true]);
  assertEquals(check(1_500), [1_500, undefined, true]);
  const relief = 1_000 * MEMORY_RELIEF_SHARE;
  assertEquals(check(relief), [relief, undefined, true]);
  assertEquals(check(relief - 1), [relief - 1, undefined, false]);
  assertEquals(check(999), [999, undefined, false]);
  assertEquals(check(1_001), [1_001, 1_001, true]);
});

Deno.test("without a bound memory never runs out", () => {
  const limit = new MemoryLimit(undefined);
  assertEquals([limit.check(), limit.exceeded], [undefined, false]);
});
