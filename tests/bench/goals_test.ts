import { assertEquals } from "@std/assert";
import type { Goal } from "./peers/goals.ts";
import type { Run } from "./peers/results.ts";
import { SCENARIOS } from "./peers/scenarios.ts";
import { SERVERS, takes } from "./peers/servers.ts";
import { failedRun, sampleReport, sampleRun } from "./samples.ts";

function goals(...runs: Run[]): readonly Goal[] {
  return sampleReport(runs).goals;
}

Deno.test("the goal is to be ahead of every peer in the same scenario", () => {
  const found = goals(
    sampleRun("a1", "confab", { deliveriesPerSecond: 600_000 }),
    sampleRun("a1", "redis", { deliveriesPerSecond: 500_000 }),
    sampleRun("a1", "nats", { deliveriesPerSecond: 750_000 }),
    sampleRun("a1", "broadcast-padded", { deliveriesPerSecond: 900_000 }),
  );
  assertEquals(found, [
    { scenario: "a1", goal: "ahead of Redis", value: 1.2, atLeast: 1, met: true, by: "+20%" },
    { scenario: "a1", goal: "ahead of NATS", value: 0.8, atLeast: 1, met: false, by: "-20%" },
  ]);
});

Deno.test("in scenario a the goal is 0.6 of a bare C broadcaster with lines of the same length", () => {
  const [goal] = goals(
    sampleRun("a", "confab", { deliveriesPerSecond: 3e6 }),
    sampleRun("a", "broadcast-padded", { deliveriesPerSecond: 10e6 }),
    sampleRun("a", "broadcast", { deliveriesPerSecond: 20e6 }),
  );
  assertEquals([goal?.value, goal?.atLeast, goal?.met, goal?.by], [0.3, 0.6, false, "-50%"]);
});

Deno.test("with SQLite the goal is 0.8 of the rate without it", () => {
  const [goal] = goals(
    sampleRun("b", "confab", { deliveriesPerSecond: 2e6 }),
    sampleRun("b", "confab-sqlite", { deliveriesPerSecond: 1.6e6 }),
  );
  assertEquals([goal?.value, goal?.atLeast, goal?.met, goal?.by], [0.8, 0.8, true, "+0%"]);
});

Deno.test("with TLS and over WebSocket the goal is half of plain TCP under the same load", () => {
  const found = goals(
    sampleRun("b", "confab", { deliveriesPerSecond: 4e6 }),
    sampleRun("b", "confab-own-load", { deliveriesPerSecond: 3e6 }),
    sampleRun("b", "confab-websocket", { deliveriesPerSecond: 2.4e6 }),
    sampleRun("b", "confab-tls", { deliveriesPerSecond: 1.2e6 }),
  );
  assertEquals(found.map(({ value, atLeast, met }) => [value, atLeast, met]), [[0.8, 0.5, true], [0.4, 0.5, false]]);
});

Deno.test("compared servers differ only in their transport", () => {
  const site = { port: 1, folder: "/f", checkout: "/c", tools: "/t" };
  const [plain, byWebSocket, withTls] = ["confab-own-load", "confab-websocket", "confab-tls"].map((wanted) =>
    SERVERS.find(({ name }) => name === wanted)!
  );
  assertEquals(byWebSocket!.command(site), plain!.command(site));
  assertEquals(withTls!.command(site), [...plain!.command(site), "--tls"]);
  assertEquals([plain, byWebSocket, withTls].map((server) => server!.loadedByOwn), [true, true, true]);
});

Deno.test("in scenario c memory and joins have goals, and a server without room for all connections is not compared", () => {
  const found = goals(
    sampleRun("a", "ngircd"),
    sampleRun("c", "confab", { memoryPerConnectionBytes: 30 * 1024, joinSeconds: 4 }),
  ).filter(({ scenario }) => scenario === "c");
  assertEquals(found, [
    { scenario: "c", goal: "memory of a connection, in KiB", value: 30, atMost: 15, met: false, by: "-100%" },
    { scenario: "c", goal: "all have joined, in s", value: 4, atMost: 5, met: true, by: "+20%" },
  ]);
});

Deno.test("unmeasured memory meets no goal", () => {
  const [goal] = goals(sampleRun("c", "confab", { memoryPerConnectionBytes: 0 }));
  assertEquals([goal?.value, goal?.met], [undefined, false]);
});

Deno.test("in scenario d the latency has a goal", () => {
  const [goal] = goals(sampleRun("d", "confab", { p99Ms: 0.75 }), sampleRun("d", "redis", { p99Ms: 0.5 }));
  assertEquals([goal?.value, goal?.atMost, goal?.met, goal?.by], [0.75, 1, true, "+25%"]);
});

Deno.test("a goal about a failed figure is not met", () => {
  const [goal] = goals(sampleRun("a", "confab"), failedRun("a", "redis"));
  assertEquals([goal?.goal, goal?.value, goal?.met], ["ahead of Redis", undefined, false]);
});

Deno.test("a yardstick for rates does not run in scenario d", () => {
  const plain = SERVERS.find(({ name }) => name === "confab-own-load")!;
  assertEquals(SCENARIOS.filter((scenario) => !takes(plain, scenario)).map(({ name }) => name), ["d"]);
});

Deno.test("the servers that goals are about exist", () => {
  const names = SERVERS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  for (const name of ["confab", "broadcast-padded", ...SERVERS.flatMap(({ goal }) => goal?.of ?? [])]) {
    assertEquals(names.includes(name), true, name);
  }
});
