import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Latencies } from "./load/latencies.ts";
import { PROBE } from "./load/marks.ts";
import { Tally } from "./load/tally.ts";

function tally(receivers = 2): Tally {
  return new Tally({ senders: 2, receivers, messages: 10 });
}

Deno.test("a message that every receiver has is complete, and frees its sender's window", () => {
  const counts = tally();
  const message = counts.send(1, 100);
  assertEquals([...counts.outstanding], [0, 1]);
  counts.arrived(0, message, 101);
  assertEquals([counts.completed, counts.lost], [0, 1]);
  counts.arrived(1, message, 103);
  assertEquals([counts.completed, counts.lost, counts.deliveries, counts.lastDeliveryMs], [1, 0, 2, 103]);
  assertEquals([...counts.outstanding], [0, 0]);
  assertEquals(counts.latencies.maxMs, 3);
});

Deno.test("a duplicate is counted once and reported", () => {
  const counts = tally();
  const message = counts.send(0, 0);
  for (const receiver of [0, 0, 0, 1]) counts.arrived(receiver, message, 1);
  assertEquals([counts.deliveries, counts.doubled, counts.lost, counts.completed], [2, 2, 0, 1]);
});

Deno.test("a message that was never sent counts as strange", () => {
  const counts = tally();
  counts.send(0, 0);
  for (const number of [1, 9, NaN, 55_555_555]) counts.arrived(0, number, 1);
  assertEquals([counts.strange, counts.deliveries], [4, 0]);
});

Deno.test("a probe shows that a client receives, and does not count as a delivery", () => {
  const counts = tally();
  counts.arrived(1, PROBE, 1);
  assertEquals([[...counts.probed], counts.deliveries, counts.strange], [[0, 1], 0, 0]);
});

Deno.test("a new phase counts from zero, without earlier messages", () => {
  const counts = tally();
  const early = counts.send(0, 0);
  counts.arrived(0, early, 5);
  counts.begin();
  const late = counts.send(0, 10);
  counts.arrived(1, early, 11);
  counts.arrived(0, late, 12);
  assertEquals([counts.messages, counts.deliveries, counts.lost, counts.latencies.maxMs], [1, 1, 1, 2]);
});

Deno.test("without receivers, each sender waits for its own messages, and other messages are strange", () => {
  const counts = tally(0);
  const message = counts.send(1, 0);
  counts.arrived(0, message, 1);
  assertEquals([counts.strange, counts.completed, counts.lost], [1, 0, 1]);
  counts.arrived(1, message, 2);
  assertEquals([counts.completed, counts.lost], [1, 0]);
});

Deno.test("quantiles are within one part in 250 of the truth", () => {
  const latencies = new Latencies();
  for (let n = 1; n <= 10_000; n++) latencies.add(n / 1_000);
  for (const part of [0.001, 0.5, 0.9, 0.99]) {
    const truth = part * 10;
    assertAlmostEquals(latencies.quantileMs(part), truth, truth / 250 + 0.001);
  }
  assertEquals(latencies.maxMs, 10);
});

Deno.test("without times the quantiles are 0, and negative times count as 0", () => {
  const latencies = new Latencies();
  assertEquals([latencies.quantileMs(0.5), latencies.maxMs], [0, 0]);
  latencies.add(-1);
  assertEquals([latencies.quantileMs(0.5), latencies.maxMs], [0, 0]);
  latencies.add(5);
  latencies.clear();
  assertEquals([latencies.quantileMs(0.5), latencies.maxMs], [0, 0]);
});
