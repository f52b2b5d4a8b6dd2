import { CROWD_CONNECTIONS, CROWD_GONE_MS, MEMORY_RELIEF_SHARE } from "../../../src/protocol/limits.ts";
import { GarbageCollector, MemoryLimit } from "../../../src/server/monitor/process_memory.ts";
import { assertEquals } from "@std/assert";

/** Runs the collector with these numbers of connections, one per second, and returns its actions. */
function collections(connections: readonly number[]): number[] {
  const seconds: number[] = [];
  let second = 0;
  const garbage = new GarbageCollector({ collect: () => seconds.push(second) });
  for (; second < connections.length; second++) garbage.tick(connections[second]!, 1_000 * second);
  return seconds;
}

const GONE_SECONDS = CROWD_GONE_MS / 1_000;
const FEW = 3;
const CROWD = FEW + CROWD_CONNECTIONS;

function always(connections: number, seconds: number): number[] {
  return new Array(seconds).fill(connections);
}

Deno.test("garbage: the garbage of a crowd is collected once, some time after it has left", () => {
  assertEquals(collections([FEW, CROWD, ...always(FEW, 10 * GONE_SECONDS)]), [2 + GONE_SECONDS]);
});

Deno.test("garbage: a crowd has left when its last member has", () => {
  const going = [CROWD, FEW + 2, ...always(FEW + 1, GONE_SECONDS - 1), ...always(FEW, 2 * GONE_SECONDS)];
  assertEquals(collections(going), [1 + GONE_SECONDS + GONE_SECONDS]);
});

Deno.test("garbage: the garbage of the next crowd is collected, too", () => {
  const crowd = [CROWD, ...always(FEW, GONE_SECONDS + 1)];
  assertEquals(collections([...crowd, ...crowd]), [GONE_SECONDS + 1, 2 * (GONE_SECONDS + 1) + 1]);
});

Deno.test("garbage: constant joins and leaves do not count as a crowd", () => {
  const numbers = Array.from({ length: 50 * GONE_SECONDS }, (_, second) => CROWD - 500 * (second % 2));
  assertEquals(collections([...numbers, ...always(CROWD - 500, 2 * GONE_SECONDS)]), []);
});

Deno.test("garbage: nothing is collected while a crowd stays", () => {
  assertEquals(collections([FEW, ...always(CROWD, 5 * GONE_SECONDS)]), []);
});

Deno.test("memory is over its limit at the limit, once, and under it only clearly below", () => {
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

Deno.test("without a limit memory is never over it", () => {
  const limit = new MemoryLimit(undefined);
  assertEquals([limit.check(), limit.exceeded], [undefined, false]);
});
