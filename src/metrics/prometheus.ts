/** The exposition of a snapshot in the text format of Prometheus. */

import type { ClusterFigures } from "./cluster_figures.ts";
import { BUCKET_SECONDS, type Histogram, type Snapshot } from "../server/monitor/statistics.ts";

/** A snapshot of the server and the memory of its process. */
export interface MetricsReading {
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly memory: { readonly rss: number; readonly heapUsed: number };
  /** `undefined` for a server in no cluster. */
  readonly cluster?: ClusterFigures | undefined;
}

type Metric<T> = readonly [name: string, help: string, value: (reading: MetricsReading) => T];

const GAUGES: readonly Metric<number>[] = [
  ["confab_start_time_seconds", "Start time of the server since the epoch", (r) => r.snapshot.counted.since / 1000],
  ["confab_connections", "Open connections", (r) => r.snapshot.connections],
  ["confab_rooms", "Rooms", (r) => r.snapshot.rooms],
  ["confab_members", "Connected members", (r) => r.snapshot.members],
  ["confab_transfers", "Uploads and downloads of files that run", (r) => r.snapshot.counted.transfers.open],
  ["confab_call_members", "Members connected to calls", (r) => r.snapshot.counted.media.open],
  ["confab_outbox_bytes", "Bytes queued to be sent", (r) => r.snapshot.outboxBytes],
  ["confab_resident_memory_bytes", "Resident memory of the process", (r) => r.memory.rss],
  ["confab_heap_bytes", "Memory in use by JavaScript", (r) => r.memory.heapUsed],
];

const COUNTERS: readonly Metric<number>[] = [
  ["confab_connections_accepted_total", "Connections accepted", (r) => r.snapshot.counted.accepted],
  ["confab_messages_total", "Messages stored", (r) => r.snapshot.counted.messages],
  ["confab_deliveries_total", "Messages delivered, once per receiver", (r) => r.snapshot.counted.deliveries],
  ["confab_received_bytes_total", "Bytes received", (r) => r.snapshot.receivedBytes],
  ["confab_sent_bytes_total", "Bytes sent", (r) => r.snapshot.sentBytes],
  ["confab_uploaded_bytes_total", "Bytes of files received", (r) => r.snapshot.counted.transfers.uploadedBytes],
  ["confab_downloaded_bytes_total", "Bytes of files sent", (r) => r.snapshot.counted.transfers.downloadedBytes],
  ["confab_transfers_refused_total", "Requests for files refused", (r) => r.snapshot.counted.transfers.refused],
  ["confab_call_bytes_total", "Bytes of calls, once per receiver", (r) => r.snapshot.counted.media.relayedBytes],
  ["confab_call_dropped_total", "Pictures and packets of calls dropped", (r) => r.snapshot.counted.media.dropped],
  [
    "confab_slow_consumers_total",
    "Connections closed because they read too slowly",
    (r) => r.snapshot.counted.rejected.get("slow_consumer") ?? 0,
  ],
];

const HISTOGRAMS: readonly Metric<Histogram>[] = [
  ["confab_store_append_seconds", "Duration of appending a batch to the store", (r) => r.snapshot.counted.appends],
  ["confab_event_loop_delay_seconds", "Delay of timers", (r) => r.snapshot.counted.loopDelay],
];

/** The text format, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Returns the page that Prometheus reads: the help, type and samples of each metric. */
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
    ...reading.cluster === undefined ? [] : clusterFamilies(reading.cluster),
  ].join("");
}

type ClusterMetric = readonly [name: string, help: string, type: string, value: (figures: ClusterFigures) => number];

const CLUSTER: readonly ClusterMetric[] = [
  ["confab_cluster_servers", "Servers that take part in the chat", "gauge", ({ servers }) => servers.length],
  ["confab_cluster_takes_part", "1 if this server takes part", "gauge", (f) => f.incarnation === undefined ? 0 : 1],
  ["confab_cluster_stalled", "1 while the log does not go on", "gauge", (f) => f.isStalled ? 1 : 0],
  ["confab_cluster_trims", "1 if this server removes old entries", "gauge", (f) => ownOf(f)?.trims ? 1 : 0],
  ["confab_cluster_apply_seconds", "Time until the last own entry was applied", "gauge", (f) => f.delay],
  ["confab_cluster_clock_seconds", "By how much the clock is wrong", "gauge", (f) => f.clockDifference],
  ["confab_cluster_entries_total", "Entries of the log that counted", "counter", (f) => f.entries],
  ["confab_cluster_skipped_total", "Entries of the log that did not count", "counter", (f) => f.skipped],
];

function ownOf({ servers, incarnation }: ClusterFigures): ClusterFigures["servers"][number] | undefined {
  return servers.find((server) => server.incarnation === incarnation);
}

function clusterFamilies(figures: ClusterFigures): string[] {
  // A server that has started again may be there twice until its first life has ended. A metric has each label once.
  const lagOf = new Map(figures.servers.map(({ address, lag }) => [address, lag]));
  const lags = Array.from(lagOf, ([server, lag]) => sampleLine("confab_cluster_lag_entries", lag, { server }));
  return [
    ...CLUSTER.map(([name, help, type, value]) => family(name, help, type, [sampleLine(name, value(figures))])),
    family("confab_cluster_lag_entries", "Entries that a server had not applied yet", "gauge", lags),
  ];
}

/** Returns all lines of one metric, which the format keeps together. Each one, also the last, ends in a line feed. */
export function family(name: string, help: string, type: string, samples: readonly string[]): string {
  const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return [`# HELP ${name} ${escaped}`, `# TYPE ${name} ${type}`, ...samples, ""].join("\n");
}

/** Returns the line of one value. Label values are escaped; names of metrics and labels are our own. */
export function sampleLine(name: string, value: number, labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** Formats a number as Go reads it, which writes infinity differently from JavaScript. */
function numberText(value: number): string {
  return String(value).replace("Infinity", "Inf").replace(/^Inf/, "+Inf");
}

/** Returns the lines of a histogram. Buckets are cumulative: each counts all values up to its bound. */
function histogramLines(name: string, { counts, sum }: Histogram): string[] {
  let count = 0;
  const buckets = counts.map((inBucket, index) => {
    count += inBucket;
    return sampleLine(`${name}_bucket`, count, { le: numberText(BUCKET_SECONDS[index] ?? Infinity) });
  });
  return [...buckets, sampleLine(`${name}_sum`, sum), sampleLine(`${name}_count`, count)];
}
