import { assertEquals } from "@std/assert";
import { BUCKET_SECONDS, Histogram } from "../../../src/server/monitor/histogram.ts";

Deno.test("each value falls into the first bucket whose bound it does not exceed", () => {
  const histogram = new Histogram();
  for (const seconds of BUCKET_SECONDS) histogram.observe(seconds);
  assertEquals(histogram.counts, [...BUCKET_SECONDS.map(() => 1), 0]);
  histogram.observe(0);
  assertEquals(histogram.counts[0], 2);
  histogram.observe(BUCKET_SECONDS[0]! * 1.01);
  assertEquals(histogram.counts[1], 2);
});

Deno.test("what is above all bounds is not lost, and the sum is that of the values", () => {
  const histogram = new Histogram();
  histogram.observe(60);
  histogram.observe(0.5);
  assertEquals(histogram.counts.at(-1), 1);
  assertEquals(histogram.sum, 60.5);
});
