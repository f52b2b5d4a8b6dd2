import type { Census } from "../../core/hub.ts";
import { ERROR_CODES } from "../../protocol/errors.ts";
import type { Connection } from "../../transports/connection.ts";

/** What went over a connection. */
type Traffic = Pick<Connection, "receivedBytes" | "sentBytes">;

/** What the server has counted since it began: bare numbers, to which the hot path adds. What can be asked for when it is wanted is not here. */
export class Statistics {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Connections that were accepted, those that were refused as `server_full` among them. */
  accepted = 0;
  /** Messages that were stored, direct ones among them. */
  messages = 0;
  /** Messages handed to somebody's outbox, those replayed on return among them. A message to n connections counts n times. */
  deliveries = 0;
  /** Of connections that are gone. */
  receivedBytes = 0;
  sentBytes = 0;
  /** Errors that peers were sent, by code. */
  readonly rejected = new Map<string, number>(ERROR_CODES.map((code) => [code, 0]));
  /** How long the store took for each turn's batch. */
  readonly appends = new Histogram();
  /** How late timers came; empty unless somebody watches. */
  readonly loopDelay = new Histogram();

  constructor(since: number) {
    this.since = since;
  }

  reject(code: string): void {
    this.rejected.set(code, (this.rejected.get(code) ?? 0) + 1);
  }

  /** The connection is gone: what went over it is kept. */
  close({ receivedBytes, sentBytes }: Traffic): void {
    this.receivedBytes += receivedBytes;
    this.sentBytes += sentBytes;
  }
}

/** Draining ends with the process; failed is draining because of a fault. */
export type ServerState = "ok" | "draining" | "failed";

/** What there is now, beside what was counted. The counters go on counting. */
export interface Snapshot extends Census {
  readonly state: ServerState;
  readonly counted: Statistics;
  readonly connections: number;
  /** Those of open connections included. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Bytes that wait to be sent, a chunk that n outboxes share counted n times. */
  readonly outboxBytes: number;
}

/** The part of an open connection that a snapshot reads. */
interface OpenConnection {
  readonly link: Traffic;
  readonly outbox: { readonly queuedBytes: number };
}

export function takeSnapshot(
  state: ServerState,
  counted: Statistics,
  connections: ReadonlySet<OpenConnection>,
  census: Census,
): Snapshot {
  let { receivedBytes, sentBytes } = counted;
  let outboxBytes = 0;
  for (const { link, outbox } of connections) {
    receivedBytes += link.receivedBytes;
    sentBytes += link.sentBytes;
    outboxBytes += outbox.queuedBytes;
  }
  return { state, counted, connections: connections.size, ...census, receivedBytes, sentBytes, outboxBytes };
}

/** Upper bounds of a histogram's buckets in seconds, from what a turn takes to what everybody notices. What is above the last has a bucket of its own. */
export const BUCKET_SECONDS: readonly number[] = [
  ...[0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01],
  ...[0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
];

/** How often something took how long. To observe costs a few comparisons, and nothing is allocated. */
export class Histogram {
  /** How many fell into each of the buckets, one more than there are bounds. */
  readonly counts: number[] = Array(BUCKET_SECONDS.length + 1).fill(0);
  /** Seconds. */
  sum = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKET_SECONDS.length && seconds > BUCKET_SECONDS[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += seconds;
  }
}
