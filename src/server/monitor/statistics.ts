import type { Census } from "../../core/hub.ts";
import { ERROR_CODES } from "../../protocol/errors.ts";
import type { Connection } from "../../transports/connection.ts";

/** The bytes that went over a connection. */
type Traffic = Pick<Connection, "receivedBytes" | "sentBytes">;

/** Uploads and downloads of files. Bytes are those of the files, without heads. */
export class TransferCounts {
  /** Transfers that run now. */
  open = 0;
  uploadedBytes = 0;
  downloadedBytes = 0;
  /** Requests for files that got an error. */
  refused = 0;
}

/** The sound and pictures of calls. */
export class MediaCounts {
  /** Members who are connected to a call now. */
  open = 0;
  /** Bytes of sound and pictures for their receivers: what goes to n members counts n times. */
  relayedBytes = 0;
  /** Pictures and packets of sound that were dropped: their sender exceeds the limits, or their receiver is too slow. */
  dropped = 0;
}

/** Counters since the server started. They are bare numbers, because the hot path adds to them. */
export class Statistics {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Accepted connections, including those refused as `server_full`. */
  accepted = 0;
  /** Stored messages, including direct ones. */
  messages = 0;
  /** Messages put into outboxes, including replayed ones. A message to n connections counts n times. */
  deliveries = 0;
  /** Bytes of closed connections. */
  receivedBytes = 0;
  sentBytes = 0;
  readonly transfers = new TransferCounts();
  readonly media = new MediaCounts();
  /** Errors sent to peers, by code. */
  readonly rejected = new Map<string, number>(ERROR_CODES.map((code) => [code, 0]));
  /** Duration of each turn's append to the store. */
  readonly appends = new Histogram();
  /** Delay of timers; empty unless `watchLoopDelay` runs. */
  readonly loopDelay = new Histogram();

  constructor(since: number) {
    this.since = since;
  }

  reject(code: string): void {
    this.rejected.set(code, (this.rejected.get(code) ?? 0) + 1);
  }

  /** Adds the bytes of a closed connection. */
  close({ receivedBytes, sentBytes }: Traffic): void {
    this.receivedBytes += receivedBytes;
    this.sentBytes += sentBytes;
  }
}

/**
 * `waiting`: it can decide nothing, because the log that it shares with other servers does not go on. `draining`: it is about to end.
 * `failed`: it drains because of an error.
 */
export type ServerState = "ok" | "waiting" | "draining" | "failed";

/** The current state and the counters, which keep counting. */
export interface Snapshot extends Census {
  readonly state: ServerState;
  readonly counted: Statistics;
  readonly connections: number;
  /** Including open connections. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Bytes queued in outboxes. A chunk that n outboxes share counts n times. */
  readonly outboxBytes: number;
}

/** The part of an open connection that a snapshot reads. */
interface OpenConnection {
  readonly link: Traffic;
  readonly outbox: { readonly queuedBytes: number };
}

/** Walks through all connections. `counted` keeps counting in the snapshot. */
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

/** Upper bounds of a histogram's buckets in seconds, from the duration of a turn to a noticeable delay. A last bucket has no bound. */
export const BUCKET_SECONDS: readonly number[] = [
  ...[0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01],
  ...[0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
];

/** A histogram of durations. An observation costs a few comparisons and allocates nothing. */
export class Histogram {
  /** Number of observations in each bucket, one more than there are bounds. */
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
