import { assert, assertEquals } from "@std/assert";
import { watchCore, watchLoopDelay } from "../../../src/server/monitor/process_load.ts";
import { LOOP_DELAY_INTERVAL_MS } from "../../../src/protocol/limits.ts";
import { BUCKET_SECONDS, Histogram } from "../../../src/server/monitor/statistics.ts";

Deno.test("a core is busy if the process used nearly all of the time since the last check", () => {
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

Deno.test("by default it asks the system, whose figure is above zero and at most all cores", () => {
  const isTaken = watchCore(undefined, () => 0);
  // Windows counts in steps of 16 ms.
  for (const end = performance.now() + 40; performance.now() < end;);
  assertEquals(isTaken(), true);
  assertEquals(watchCore(undefined, rising())(), false);
});

/** A clock that advances a day at each call. */
function rising(): () => number {
  let now = 0;
  return () => now += 24 * 60 * 60 * 1_000;
}

/** Resolves at the next observation. */
class Told extends Histogram {
  #told = Promise.withResolvers<number>();

  override observe(seconds: number): void {
    super.observe(seconds);
    this.#told.resolve(seconds);
    this.#told = Promise.withResolvers();
  }

  next(): Promise<number> {
    return this.#told.promise;
  }
}

Deno.test("a busy event loop is observed to be late by about the busy time, and only while observed", async () => {
  const histogram = new Told();
  {
    using _watch = watchLoopDelay(histogram);
    await histogram.next();
    const busyMs = 4 * LOOP_DELAY_INTERVAL_MS;
    for (const end = performance.now() + busyMs; performance.now() < end;);
    const seconds = await histogram.next();
    assert(seconds >= (busyMs - LOOP_DELAY_INTERVAL_MS) / 1000 - 0.002, `${seconds} s`);
  }
  // The sanitizers check that no timer is left.
  assertEquals(histogram.counts.length, BUCKET_SECONDS.length + 1);
});
