import { assert, assertEquals, assertMatch } from "@std/assert";
import { CONTENT_TYPE, exposition, family, sampleLine } from "../../src/metrics/prometheus.ts";
import { ERROR_CODES } from "../../src/protocol/errors.ts";
import { BUCKET_SECONDS, Statistics } from "../../src/server/monitor/statistics.ts";
import { sampleReading, SINCE } from "./sample_reading.ts";

function linesOf(counted?: Statistics): string[] {
  return exposition(sampleReading(counted)).split("\n");
}

function withoutComments(lines: readonly string[]): string[] {
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

Deno.test("each number has its metric's name", () => {
  const counted = new Statistics(SINCE);
  Object.assign(counted, { accepted: 6, messages: 7, deliveries: 8 });
  Object.assign(counted.transfers, { open: 3, uploadedBytes: 11, downloadedBytes: 12, refused: 13 });
  Object.assign(counted.media, { open: 14, relayedBytes: 15, dropped: 16 });
  counted.reject("slow_consumer");
  const lines = withoutComments(linesOf(counted)).filter((line) => !/_rejected_|_bucket|_sum|_count/.test(line));
  assertEquals(lines, [
    'confab_build_info{version="1.2.3"} 1',
    "confab_start_time_seconds 1767323045.678",
    "confab_connections 5",
    "confab_rooms 2",
    "confab_members 4",
    "confab_transfers 3",
    "confab_call_members 14",
    "confab_outbox_bytes 99",
    "confab_resident_memory_bytes 50000000",
    "confab_heap_bytes 7000000",
    "confab_connections_accepted_total 6",
    "confab_messages_total 7",
    "confab_deliveries_total 8",
    "confab_received_bytes_total 1234",
    "confab_sent_bytes_total 56789",
    "confab_uploaded_bytes_total 11",
    "confab_downloaded_bytes_total 12",
    "confab_transfers_refused_total 13",
    "confab_call_bytes_total 15",
    "confab_call_dropped_total 16",
    "confab_slow_consumers_total 1",
  ]);
});

Deno.test("every error code has its line, also before it occurs", () => {
  const counted = new Statistics(SINCE);
  counted.reject("invalid");
  counted.reject("invalid");
  const lines = linesOf(counted).filter((line) => line.startsWith("confab_rejected_total{"));
  const expected = ERROR_CODES.map((code) => `confab_rejected_total{code="${code}"} ${code === "invalid" ? 2 : 0}`);
  assertEquals(lines, expected);
});

Deno.test("a histogram's buckets are cumulative, and the last one, without a bound, is the count", () => {
  const counted = new Statistics(SINCE);
  for (const seconds of [0.00001, 0.0003, 0.0003, 60]) counted.appends.observe(seconds);
  const lines = linesOf(counted).filter((line) => line.startsWith("confab_store_append_seconds"));
  const expected = BUCKET_SECONDS.map((bound) => [bound, bound < 0.0005 ? 1 : 3]);
  assertEquals(lines, [
    ...expected.map(([bound, count]) => `confab_store_append_seconds_bucket{le="${bound}"} ${count}`),
    'confab_store_append_seconds_bucket{le="+Inf"} 4',
    "confab_store_append_seconds_sum 60.00061",
    "confab_store_append_seconds_count 4",
  ]);
});

Deno.test("each metric has one line of help and one of its type before its values", () => {
  const lines = linesOf().filter((line) => line !== "");
  const types = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    if (line.startsWith("# HELP ")) {
      const [, name, type] = /^# TYPE (\S+) (gauge|counter|histogram)$/.exec(lines[index + 1]!)!;
      assert(!types.has(name!), name);
      types.set(name!, type!);
    } else if (!line.startsWith("#")) {
      assertMatch(
        line,
        new RegExp(`^${[...types.keys()].at(-1)}(_bucket|_sum|_count)?(\\{\\w+="[^"]+"\\})? [\\d.e+-]+$`),
      );
    }
  }
  for (const [name, type] of types) assertEquals(name.endsWith("_total"), type === "counter", name);
});

Deno.test("two readings are independent", () => {
  const counted = new Statistics(SINCE);
  counted.messages = 1;
  linesOf(counted);
  counted.messages = 3;
  assert(linesOf(counted).includes("confab_messages_total 3"));
});

Deno.test("backslashes, quotes and line feeds are escaped in labels, and quotes stay in the help", () => {
  assertEquals(sampleLine("m", 1, { a: 'x\\y"z\n{}' }), String.raw`m{a="x\\y\"z\n{}"} 1`);
  assertEquals(sampleLine("m", 2, { a: "ä", b: "" }), 'm{a="ä",b=""} 2');
  assertEquals(
    family("m", 'back\\slash "quoted"\nnext', "gauge", []),
    String.raw`# HELP m back\\slash "quoted"\nnext` + "\n# TYPE m gauge\n",
  );
});

Deno.test("numbers are written as Go reads them", () => {
  const written = [0, -0, 1.5, 1e21, 5e-7, Infinity, -Infinity, NaN].map((value) => sampleLine("m", value));
  assertEquals(written, ["m 0", "m 0", "m 1.5", "m 1e+21", "m 5e-7", "m +Inf", "m -Inf", "m NaN"]);
});

Deno.test("the page is text of version 0.0.4 in UTF-8, and its last line has an end", () => {
  assertEquals(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
  assert(exposition(sampleReading()).endsWith("\n"));
  assert(!/\n\n|\r/.test(exposition(sampleReading())));
});

Deno.test("a server that is in the cluster twice, since it has started again, has one line with its last lag", () => {
  const server = { name: "one", address: "10.0.0.1:5050", trims: false };
  const servers = [{ ...server, incarnation: 3, lag: 9 }, { ...server, incarnation: 4, lag: 1 }];
  const figures = { incarnation: 4, isStalled: false, entries: 1, skipped: 0, delay: 0, clockDifference: 0, servers };
  const text = exposition({ ...sampleReading(), cluster: figures });
  const lines = text.split("\n").filter((line) => line.startsWith("confab_cluster_lag_entries{"));
  assertEquals(lines, ['confab_cluster_lag_entries{server="10.0.0.1:5050"} 1']);
});
