import { assertEquals } from "@std/assert";
import { watchCore } from "../../../src/server/monitor/process_load.ts";

Deno.test("a core is taken when the process had nearly all of the time since it was last asked", () => {
  let [used, now] = [700, 5_000];
  const isTaken = watchCore(() => used, () => now);
  const after = (usedMs: number, passedMs: number) => {
    [used, now] = [used + usedMs, now + passedMs];
    return isTaken();
  };
  assertEquals(after(44, 45), true);
  assertEquals(after(10, 45), false);
  assertEquals(after(0, 1_000), false);
  assertEquals(after(900, 1_000), true);
});

Deno.test("by itself it asks the system, which has given this process some time and never more than all cores", () => {
  const isTaken = watchCore(undefined, () => 0);
  // Windows counts in steps of 16 ms.
  for (const end = performance.now() + 40; performance.now() < end;);
  assertEquals(isTaken(), true);
  assertEquals(watchCore(undefined, rising())(), false);
});

/** A day from call to call. */
function rising(): () => number {
  let now = 0;
  return () => now += 24 * 60 * 60 * 1_000;
}
