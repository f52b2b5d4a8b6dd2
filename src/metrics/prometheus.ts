/** What the server counts, for those who watch it. This folder knows neither the chat nor its sockets: it turns a snapshot into text. */

import { BUCKET_SECONDS, type Histogram, type Snapshot } from "../server/monitor/statistics.ts";

/** A snapshot of the server, and what the process takes. */
export interface MetricsReading {
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly memory: { readonly rss: number; readonly heapUsed: number };
}

type Metric<T> = readonly [name: string, help: string, value: (reading: MetricsReading) => T];

const GAUGES: readonly Metric<number>[] = [
  ["confab_start_time_seconds", "When the server began, since the epoch", (r) => r.snapshot.counted.since / 1000],
  ["confab_connections", "Connections that are open", (r) => r.snapshot.connections],
  ["confab_rooms", "Rooms there are", (r) => r.snapshot.rooms],
  ["confab_members", "Members who are connected", (r) => r.snapshot.members],
  ["confab_outbox_bytes", "Bytes that wait to be sent", (r) => r.snapshot.outboxBytes],
  ["confab_resident_memory_bytes", "Memory of the process", (r) => r.memory.rss],
  ["confab_heap_bytes", "Memory that JavaScript has in use", (r) => r.memory.heapUsed],
];

const COUNTERS: readonly Metric<number>[] = [
  ["confab_connections_accepted_total", "Connections accepted", (r) => r.snapshot.counted.accepted],
  ["confab_messages_total", "Messages stored", (r) => r.snapshot.counted.messages],
  ["confab_deliveries_total", "Messages handed out, once for each receiver", (r) => r.snapshot.counted.deliveries],
  ["confab_received_bytes_total", "Bytes received", (r) => r.snapshot.receivedBytes],
  ["confab_sent_bytes_total", "Bytes sent", (r) => r.snapshot.sentBytes],
  [
    "confab_slow_consumers_total",
    "Connections cut because they read too slowly",
    (r) => r.snapshot.counted.rejected.get("slow_consumer") ?? 0,
  ],
];

const HISTOGRAMS: readonly Metric<Histogram>[] = [
  ["confab_store_append_seconds", "How long the store took for a batch", (r) => r.snapshot.counted.appends],
  ["confab_event_loop_delay_seconds", "How late a timer came", (r) => r.snapshot.counted.loopDelay],
];

/** The text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The page that Prometheus reads: for each metric its help, its type and its samples. */
export function exposition(reading: MetricsReading): string {
  const rejected = Array.from(
    reading.snapshot.counted.rejected,
    ([code, count]) => sampleLine("confab_rejected_total", count, { code }),
  );
  const version = sampleLine("confab_build_info", 1, { version: reading.version });
  return [
    family("confab_build_info", "Always 1", "gauge", [version]),
    ...GAUGES.map(([name, help, value]) => family(name, help, "gauge", [sampleLine(name, value(reading))])),
    ...COUNTERS.map(([name, help, value]) => family(name, help, "counter", [sampleLine(name, value(reading))])),
    family("confab_rejected_total", "Errors sent, by their code", "counter", rejected),
    ...HISTOGRAMS.map(([name, help, value]) => family(name, help, "histogram", histogramLines(name, value(reading)))),
  ].join("");
}

/** All lines of one metric. The format wants them together, and each line, the last one too, to end in a line feed. */
export function family(name: string, help: string, type: string, samples: readonly string[]): string {
  const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return [`# HELP ${name} ${escaped}`, `# TYPE ${name} ${type}`, ...samples, ""].join("\n");
}

/** One value. Names of metrics and labels are our own; the values of labels are escaped. */
export function sampleLine(name: string, value: number, labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** A number as Go reads it, which calls the infinite ones otherwise than JavaScript. */
function numberText(value: number): string {
  return String(value).replace("Infinity", "Inf").replace(/^Inf/, "+Inf");
}

/** Buckets are cumulative: each counts all values up to its bound. */
function histogramLines(name: string, { counts, sum }: Histogram): string[] {
  let count = 0;
  const buckets = counts.map((inBucket, index) => {
    count += inBucket;
    return sampleLine(`${name}_bucket`, count, { le: numberText(BUCKET_SECONDS[index] ?? Infinity) });
  });
  return [...buckets, sampleLine(`${name}_sum`, sum), sampleLine(`${name}_count`, count)];
}
