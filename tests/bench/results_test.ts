import { assertEquals } from "@std/assert";
import { compareGenerators, comparisonLines } from "./peers/comparison.ts";
import { figuresOf, median, mediansOf } from "./peers/results.ts";
import { summaryLines } from "./peers/report.ts";
import { SCENARIOS } from "./peers/scenarios.ts";
import { failedRun, sampleReport, sampleRun } from "./samples.ts";

Deno.test("the median is the middle value, or the mean of the two middle values", () => {
  assertEquals(median([9]), 9);
  assertEquals(median([10, 2, 9]), 9);
  assertEquals(median([4, 1, 100, 2]), 3);
});

Deno.test("each figure has a median of its own over the rounds", () => {
  const medians = mediansOf([
    sampleRun("a", "redis", { deliveriesPerSecond: 1, p99Ms: 30 }, 1),
    sampleRun("a", "redis", { deliveriesPerSecond: 3, p99Ms: 10 }, 2),
    sampleRun("a", "redis", { deliveriesPerSecond: 2, p99Ms: 20 }, 3),
    sampleRun("a", "nats", { deliveriesPerSecond: 7 }, 1),
  ]);
  assertEquals(figuresOf(medians, "a", "redis")?.deliveriesPerSecond, 2);
  assertEquals(figuresOf(medians, "a", "redis")?.p99Ms, 20);
  assertEquals(figuresOf(medians, "a", "nats")?.deliveriesPerSecond, 7);
  assertEquals(figuresOf(medians, "a", "ngircd"), undefined);
});

Deno.test("a figure that failed in one round is not quoted, and gives the reason", () => {
  const medians = mediansOf([
    sampleRun("a", "redis", {}, 1),
    { ...sampleRun("a", "redis", { fault: "1 doubled" }, 2), fault: "1 doubled" },
    failedRun("a", "redis", 3),
  ]);
  assertEquals(medians, { a: { redis: { fault: "round 2: 1 doubled; round 3: 3 lost" } } });
  assertEquals(figuresOf(medians, "a", "redis"), undefined);
});

Deno.test("a report has a ratio for every server with a figure", () => {
  const report = sampleReport([
    sampleRun("a", "confab", { deliveriesPerSecond: 3e6 }),
    sampleRun("a", "redis", { deliveriesPerSecond: 2e6 }),
    failedRun("a", "nats"),
    sampleRun("d", "confab"),
  ]);
  assertEquals(report.ratios, { a: { redis: 1.5 } });
});

Deno.test("a figure is marked if the load generator was busy all the time", () => {
  const report = sampleReport([
    sampleRun("a", "confab", { generatorBusy: 0.91 }),
    sampleRun("a", "redis", { generatorBusy: 0.89 }),
    // In scenario d the generator spins.
    sampleRun("d", "confab", { generatorBusy: 1 }),
  ]);
  assertEquals(report.limitedByGenerator, ["a confab"]);
});

Deno.test("the summary has a line for every server and every goal", () => {
  const scenarios = SCENARIOS.filter(({ name }) => name === "a");
  const runs = [
    sampleRun("a", "confab", { generatorBusy: 1 }),
    sampleRun("a", "redis", { deliveriesPerSecond: 2e6 }),
    failedRun("a", "nats"),
  ];
  assertEquals(summaryLines(sampleReport(runs), scenarios).map((line) => line.replaceAll(/ +/g, " ").trim()), [
    "a: 100 receivers, 4 senders, window 64",
    "Confab --memory 1.00 M/s, limited by the generator",
    "Redis 2.00 M/s",
    "NATS failed: round 1: 3 lost",
    "Goals",
    "a: ahead of Redis: 0.50, wanted at least 1: MISSED by -50%",
    "a: ahead of NATS: -, wanted at least 1: no figure",
  ]);
});

Deno.test("the summary says if other processes used the machine", () => {
  const runs = [sampleRun("a", "confab"), { ...sampleRun("a", "redis"), othersBusy: 0.21 }];
  const line = summaryLines(sampleReport(runs), []).at(-1);
  assertEquals(line, "In 1 of 2 runs others used more than 0.2 of a core.");
  assertEquals(summaryLines(sampleReport([sampleRun("a", "confab")]), []), ["Goals"]);
});

Deno.test("two load generators are compared if both have a figure", () => {
  const by = (generator: "fanload" | "own", scenario: string, rate: number, generatorBusy = 0.5) => ({
    ...sampleRun(scenario, "redis", { deliveriesPerSecond: rate, generatorBusy }),
    generator,
  });
  const comparison = compareGenerators([
    ...[by("fanload", "a", 4e6), by("own", "a", 3e6)],
    ...[by("fanload", "b", 4e6), by("own", "b", 1e6, 0.95)],
    ...[by("fanload", "c", 4e6), { ...by("own", "c", 4e6), fault: "1 lost" }],
  ]);
  assertEquals(comparisonLines(comparison), [
    "a redis: 0.75 of what fanload finds",
    "b redis: 0.25 of what fanload finds, limited by ours",
    "c redis: failed of what fanload finds",
  ]);
});
