import { assert, assertEquals } from "@std/assert";
import { LOOP_DELAY_INTERVAL_MS } from "../../../src/protocol/limits.ts";
import { BUCKET_SECONDS, Histogram } from "../../../src/server/monitor/histogram.ts";
import { watchLoopDelay } from "../../../src/server/monitor/loop_delay.ts";

/** Says when something was observed. */
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

Deno.test("a loop that is busy for a while is seen to come late by about as much, and only as long as one looks", async () => {
  const histogram = new Told();
  {
    using _watch = watchLoopDelay(histogram);
    await histogram.next();
    const busyMs = 4 * LOOP_DELAY_INTERVAL_MS;
    for (const end = performance.now() + busyMs; performance.now() < end;);
    const seconds = await histogram.next();
    assert(seconds >= (busyMs - LOOP_DELAY_INTERVAL_MS) / 1000 - 0.002, `${seconds} s`);
  }
  // The sanitizers see to it that no timer is left.
  assertEquals(histogram.counts.length, BUCKET_SECONDS.length + 1);
});
