import { assert, assertEquals } from "@std/assert";
import { figuresOf, isConfab, parseExposition, type Scrape } from "../../src/metrics/figures.ts";
import { exposition } from "../../src/metrics/prometheus.ts";
import { Statistics } from "../../src/server/monitor/statistics.ts";
import { sampleReading, SINCE } from "./sample_reading.ts";

function scrapeOf(counted: Statistics, seconds: number): Scrape {
  return { at: SINCE + seconds * 1_000, samples: parseExposition(exposition(sampleReading(counted))) };
}

Deno.test("served metrics are parsed back", () => {
  const counted = new Statistics(SINCE);
  Object.assign(counted, { accepted: 6, messages: 7, deliveries: 8 });
  Object.assign(counted.media, { open: 14, relayedBytes: 15 });
  Object.assign(counted.transfers, { open: 3, uploadedBytes: 11, downloadedBytes: 12, refused: 13 });
  counted.reject("slow_consumer");
  counted.reject("invalid");
  const { storeAppend, loopDelay, ...figures } = figuresOf(scrapeOf(counted, 60), undefined);
  assertEquals(figures, {
    at: "2026-01-02T03:05:05.678Z",
    uptime: figures.uptime,
    version: "1.2.3",
    connections: 5,
    accepted: 6,
    rooms: 2,
    members: 4,
    messages: 7,
    deliveries: 8,
    receivedBytes: 1_234,
    sentBytes: 56_789,
    callMembers: 14,
    callBytes: 15,
    transfers: 3,
    uploadedBytes: 11,
    downloadedBytes: 12,
    outboxBytes: 99,
    slowConsumers: 1,
    rejected: { invalid: 1, slow_consumer: 1 },
    memoryBytes: 50_000_000,
    heapBytes: 7_000_000,
  });
  assertEquals(Math.round(figures.uptime), 60);
  assertEquals([storeAppend, loopDelay], [{}, {}]);
});

Deno.test("rates are the differences between two scrapes, divided by the time between them", () => {
  const counted = new Statistics(SINCE);
  counted.messages = 10;
  const before = scrapeOf(counted, 10);
  counted.messages = 40;
  counted.deliveries = 3_000;
  const { perSecond } = figuresOf(scrapeOf(counted, 12), before);
  assertEquals(perSecond, { messages: 15, deliveries: 1_500, receivedBytes: 0, sentBytes: 0 });
});

Deno.test("a different server at the same address has no rates yet", () => {
  const old = new Statistics(SINCE);
  old.messages = 1_000;
  const before = scrapeOf(old, 10);
  assertEquals(figuresOf(scrapeOf(new Statistics(SINCE + 11_000), 12), before).perSecond, undefined);
});

Deno.test("latencies are those since the previous scrape, spread evenly over their bucket", () => {
  const counted = new Statistics(SINCE);
  for (let n = 0; n < 1_000; n++) counted.appends.observe(1);
  const before = scrapeOf(counted, 1);
  for (let n = 0; n < 98; n++) counted.appends.observe(0.004);
  for (let n = 0; n < 2; n++) counted.appends.observe(0.2);
  const { p50, p99 } = figuresOf(scrapeOf(counted, 2), before).storeAppend;
  assert(p50! > 0.0025 && p50! < 0.005, `${p50}`);
  assert(p99! > 0.1 && p99! < 0.25, `${p99}`);
});

Deno.test("latencies above all bounds are given as the last bound", () => {
  const counted = new Statistics(SINCE);
  counted.appends.observe(1_000);
  assertEquals(figuresOf(scrapeOf(counted, 1), undefined).storeAppend, { p50: 2.5, p99: 2.5 });
});

Deno.test("metrics of other programs are refused, and unreadable lines are skipped", () => {
  for (const text of ["", "<html>", "node_cpu_seconds_total 5", "confab_start_time_seconds NaN", "\u0000".repeat(99)]) {
    assertEquals(isConfab(parseExposition(text)), false, text);
  }
  const odd =
    'confab_rooms x\nconfab_rooms 1 2\n confab_rooms 3\nconfab_rejected_total{code="a"b"} 4\nconfab_members 5';
  assertEquals([...parseExposition(odd)], [['confab_rejected_total{code="a"b"}', 4], ["confab_members", 5]]);
});
