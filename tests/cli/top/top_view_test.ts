import { assert, assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { dashboardOf, figureTable, lineOf } from "../../../src/cli/top/top_view.ts";
import type { Figures } from "../../../src/metrics/figures.ts";

const FIGURES: Figures = {
  at: "2026-01-02T03:04:05.678Z",
  uptime: 93_784,
  version: "1.2.3",
  connections: 1_005,
  accepted: 2_000,
  rooms: 2,
  members: 999,
  messages: 1_234_567,
  deliveries: 98_765_432,
  receivedBytes: 1_023,
  sentBytes: 5 * 1024 ** 3,
  callMembers: 2,
  callBytes: 4 * 1024 ** 2,
  transfers: 3,
  uploadedBytes: 2 * 1024 ** 2,
  downloadedBytes: 3 * 1024 ** 3,
  outboxBytes: 1_536,
  slowConsumers: 1,
  rejected: { invalid: 1, rate_limited: 20 },
  memoryBytes: 64 * 1024 ** 2,
  heapBytes: 0,
  perSecond: { messages: 12, deliveries: 12_345, receivedBytes: 0.4, sentBytes: 1024 },
  loopDelay: { p50: 0.000123, p99: 0.0456 },
  storeAppend: { p50: 0.5, p99: 2.5 },
};

Deno.test("figures are shown in suitable units", () => {
  assertEquals(figureTable(FIGURES, "127.0.0.1:9464").split("\n"), [
    "Confab 1.2.3 at 127.0.0.1:9464, up 1 d 2 h",
    "connections     1,005  2,000 so far",
    "members         999  2 rooms",
    "messages        1,234,567  12/s",
    "deliveries      98,765,432  12,345/s",
    "received        1,023 B  0 B/s",
    "sent            5 GiB  1 KiB/s",
    "transfers       3  2 MiB received, 3 GiB sent",
    "in calls        2  4 MiB of sound and pictures",
    "outboxes        1.5 KiB  wait",
    "loop delay p50  123 µs  p99 45.6 ms",
    "store p50       500 ms  p99 2.5 s",
    "memory          64 MiB  0 B heap",
    "slow readers    1",
    "rejected        21  rate_limited 20, invalid 1",
    "",
  ]);
});

Deno.test("unknown figures are omitted", () => {
  const { perSecond: _, ...first } = FIGURES;
  const table = figureTable({ ...first, storeAppend: {} }, "x");
  assertStringIncludes(table, "\nmessages        1,234,567\n");
  assertStringIncludes(table, "\nstore p50       –\n");
});

Deno.test("the line of all figures begins with its time", () => {
  const line = lineOf(FIGURES);
  assert(line.startsWith("2026-01-02T03:04:05.678Z connections 1,005 (2,000 so far), members 999 (2 rooms), "));
  assert(line.endsWith("rejected 21 (rate_limited 20, invalid 1)\n"));
});

Deno.test("trends contain all figures seen, the newest last", () => {
  const later = { ...FIGURES, connections: 7, perSecond: { ...FIGURES.perSecond!, messages: 3 } };
  const { rows } = dashboardOf([FIGURES, later], "x");
  assertEquals(rows.find(({ label }) => label === "connections")!.trend, [1_005, 7]);
  assertEquals(rows.find(({ label }) => label === "messages")!.trend, [12, 3]);
});

Deno.test("text from the server cannot draw on the terminal", () => {
  const evil = { ...FIGURES, version: "\x1b[2J", rejected: { "\x1b]0;x\x07": 1 } };
  assertNotMatch((figureTable(evil, "x") + lineOf(evil)).replaceAll("\n", ""), /\p{Cc}/u);
});
