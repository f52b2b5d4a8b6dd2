/** The samples read from a server and the time: milliseconds since the epoch. */
export interface Scrape {
  readonly at: number;
  readonly samples: Samples;
}

/** The median and the 99th percentile in seconds; absent without observations. */
export interface Quantiles {
  readonly p50?: number;
  readonly p99?: number;
}

/** The state of a server, its counters since the start, and its rates since the previous scrape. */
export interface Figures {
  /** RFC 3339. */
  readonly at: string;
  /** Seconds. */
  readonly uptime: number;
  readonly version: string;
  readonly connections: number;
  readonly accepted: number;
  readonly rooms: number;
  readonly members: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Uploads and downloads of files that run. */
  readonly transfers: number;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  /** Members who are connected to calls. */
  readonly callMembers: number;
  readonly callBytes: number;
  readonly outboxBytes: number;
  readonly slowConsumers: number;
  /** Counts by error code, without codes that did not occur. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly memoryBytes: number;
  readonly heapBytes: number;
  /** Absent without a previous scrape. */
  readonly perSecond?: Readonly<Record<PerSecond, number>>;
  /** Since the previous scrape, or since the start without one. */
  readonly loopDelay: Quantiles;
  readonly storeAppend: Quantiles;
  /** Absent for a server in no cluster. */
  readonly cluster?: {
    readonly servers: number;
    readonly isStalled: boolean;
    /** Seconds until the last own entry was applied. */
    readonly delay: number;
    /** Entries that the slowest server had not applied. */
    readonly lag: number;
  };
}

const RATES = {
  messages: "confab_messages_total",
  deliveries: "confab_deliveries_total",
  receivedBytes: "confab_received_bytes_total",
  sentBytes: "confab_sent_bytes_total",
} as const;

export type PerSecond = keyof typeof RATES;

/** Whether the samples come from Confab. */
export function isConfab(samples: Samples): boolean {
  return samples.has("confab_start_time_seconds");
}

/** Computes figures from a scrape, and rates from an earlier scrape of the same server. */
export function figuresOf({ at, samples }: Scrape, earlier: Scrape | undefined): Figures {
  const value = (name: string) => samples.get(name) ?? 0;
  const started = value("confab_start_time_seconds");
  // Another server at the same address counts from zero.
  const before = earlier?.samples.get("confab_start_time_seconds") === started ? earlier : undefined;
  return {
    at: new Date(at).toISOString(),
    uptime: Math.max(0, at / 1000 - started),
    version: byLabel(samples, "confab_build_info")[0]?.[0] ?? "",
    connections: value("confab_connections"),
    accepted: value("confab_connections_accepted_total"),
    rooms: value("confab_rooms"),
    members: value("confab_members"),
    messages: value(RATES.messages),
    deliveries: value(RATES.deliveries),
    receivedBytes: value(RATES.receivedBytes),
    sentBytes: value(RATES.sentBytes),
    transfers: value("confab_transfers"),
    uploadedBytes: value("confab_uploaded_bytes_total"),
    downloadedBytes: value("confab_downloaded_bytes_total"),
    callMembers: value("confab_call_members"),
    callBytes: value("confab_call_bytes_total"),
    outboxBytes: value("confab_outbox_bytes"),
    slowConsumers: value("confab_slow_consumers_total"),
    rejected: Object.fromEntries(byLabel(samples, "confab_rejected_total").filter(([, count]) => count > 0)),
    memoryBytes: value("confab_resident_memory_bytes"),
    heapBytes: value("confab_heap_bytes"),
    ...(before === undefined ? {} : { perSecond: ratesBetween(before, { at, samples }) }),
    loopDelay: quantiles(samples, before?.samples, "confab_event_loop_delay_seconds"),
    storeAppend: quantiles(samples, before?.samples, "confab_store_append_seconds"),
    ...samples.has("confab_cluster_servers") ? { cluster: clusterOf(samples) } : {},
  };
}

function clusterOf(samples: Samples): Figures["cluster"] {
  const value = (name: string) => samples.get(name) ?? 0;
  return {
    servers: value("confab_cluster_servers"),
    isStalled: value("confab_cluster_stalled") === 1,
    delay: value("confab_cluster_apply_seconds"),
    lag: Math.max(0, ...byLabel(samples, "confab_cluster_lag_entries").map(([, entries]) => entries)),
  };
}

function ratesBetween(before: Scrape, now: Scrape): Record<PerSecond, number> {
  const seconds = (now.at - before.at) / 1000;
  const rate = (name: string) => {
    const more = (now.samples.get(name) ?? 0) - (before.samples.get(name) ?? 0);
    return seconds > 0 ? Math.max(0, more) / seconds : 0;
  };
  return {
    messages: rate(RATES.messages),
    deliveries: rate(RATES.deliveries),
    receivedBytes: rate(RATES.receivedBytes),
    sentBytes: rate(RATES.sentBytes),
  };
}

interface Bucket {
  /** Seconds. */
  readonly upperBound: number;
  /** Number of observations up to the bound. */
  readonly count: number;
}

function quantiles(now: Samples, before: Samples | undefined, metric: string): Quantiles {
  const buckets = byLabel(now, `${metric}_bucket`).map(([le, count]) => ({
    upperBound: le === "+Inf" ? Infinity : Number(le),
    count: count - (before?.get(`${metric}_bucket{le="${le}"}`) ?? 0),
  }));
  if ((buckets.at(-1)?.count ?? 0) <= 0) return {};
  return { p50: quantile(buckets, 0.5), p99: quantile(buckets, 0.99) };
}

/** Interpolates within a bucket, as if its observations were spread evenly. Above the last bound the result is that bound. */
function quantile(buckets: readonly Bucket[], share: number): number {
  const rank = share * buckets.at(-1)!.count;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const { upperBound: upper, count } = buckets[index]!;
  const { upperBound: lower, count: fewer } = buckets[index - 1] ?? { upperBound: 0, count: 0 };
  if (upper === Infinity) return lower;
  return count === fewer ? upper : lower + (upper - lower) * (rank - fewer) / (count - fewer);
}

/** Values by name and labels, in the notation of the exposition format. */
export type Samples = ReadonlyMap<string, number>;

/** Reads the part of the format that `exposition` writes. Ignores all other lines. */
export function parseExposition(text: string): Samples {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^(confab_\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && Number.isFinite(Number(value))) samples.set(name, Number(value));
  }
  return samples;
}

/** Returns the values of one metric by its only label. */
export function byLabel(samples: Samples, metric: string): [label: string, value: number][] {
  const found: [string, number][] = [];
  for (const [name, value] of samples) {
    const label = name.startsWith(`${metric}{`) ? /^\{\w+="(.*)"\}$/.exec(name.slice(metric.length))?.[1] : undefined;
    if (label !== undefined) found.push([label, value]);
  }
  return found;
}
