/** What the server counts, for those who watch it. This folder knows neither the chat nor its sockets: it turns a snapshot into text. */

import { Counter, Gauge, Histogram as PrometheusHistogram, Registry } from "prom-client";
import { BUCKET_SECONDS, type Histogram } from "../server/histogram.ts";
import type { Snapshot } from "../server/statistics.ts";

/** A snapshot of the server, and what the process takes. */
export interface Reading {
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly memory: { readonly rss: number; readonly heapUsed: number };
}

type Metric<T> = readonly [name: string, help: string, value: (reading: Reading) => T];

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
export const CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

export function exposition(reading: Reading): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({ name: "confab_build_info", help: "Always 1", labelNames: ["version"], registers })
    .set({ version: reading.version }, 1);
  for (const [name, help, value] of GAUGES) new Gauge({ name, help, registers }).set(value(reading));
  for (const [name, help, value] of COUNTERS) new Counter({ name, help, registers }).inc(value(reading));
  const rejected = new Counter({
    name: "confab_rejected_total",
    help: "Errors sent, by their code",
    labelNames: ["code"],
    registers,
  });
  for (const [code, count] of reading.snapshot.counted.rejected) rejected.inc({ code }, count);
  for (const [name, help, value] of HISTOGRAMS) new Counted({ name, help, registers }, value(reading));
  return registry.metrics();
}

/** A histogram whose values were counted elsewhere: the library's own would have to be told each of them. */
class Counted extends PrometheusHistogram {
  readonly #name: string;
  readonly #help: string;
  readonly #counted: Histogram;

  constructor(options: { name: string; help: string; registers: Registry[] }, counted: Histogram) {
    super(options);
    this.#name = options.name;
    this.#help = options.help;
    this.#counted = counted;
  }

  /** What the registry asks each metric for. */
  getForPromString() {
    const { counts, sum } = this.#counted;
    let count = 0;
    const buckets = counts.map((value, index) => ({
      metricName: `${this.#name}_bucket`,
      labels: { le: BUCKET_SECONDS[index] ?? "+Inf" },
      value: count += value,
    }));
    const totals = [
      { metricName: `${this.#name}_sum`, labels: {}, value: sum },
      { metricName: `${this.#name}_count`, labels: {}, value: count },
    ];
    return Promise.resolve({
      name: this.#name,
      help: this.#help,
      type: "histogram",
      values: [...buckets, ...totals],
    });
  }
}
