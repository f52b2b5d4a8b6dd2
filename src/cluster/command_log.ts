/** The port of the replicated log: entries of all servers in one order, kept by a majority of an engine's machines. */

/** The most bytes of one entry's `data`. */
export const MAX_ENTRY_BYTES = 512 * 1024;
/** The most bytes of a value that `found` keeps. */
export const MAX_FOUNDING_BYTES = 64 * 1024;

export interface LogEntry {
  /** The incarnation of the server that wrote it: a new number for each start of a server. */
  readonly s: number;
  /** The number of the entry within the incarnation, from 1. */
  readonly n: number;
  /** From 1 to `MAX_ENTRY_BYTES` bytes, which must not change from now on. */
  readonly data: Uint8Array;
}

export interface PlacedEntry extends LogEntry {
  /** The place in the order of the log: from 1, rising, with gaps. It never changes. */
  readonly position: number;
}

/** One machine of the engine. */
export interface EndpointStatus {
  /** As the operator wrote it. */
  readonly endpoint: string;
  /** One sentence; `undefined` if it answers. */
  readonly fault?: string;
  readonly name?: string;
  /** Such as `3.5.16`. */
  readonly version?: string;
  readonly isLeader?: boolean;
  /** Size of the file, and how many bytes of it are in use. */
  readonly databaseBytes?: number;
  readonly usedBytes?: number;
  /** The size at which the engine refuses to grow. */
  readonly quotaBytes?: number;
}

/** The engine, for people. */
export interface LogStatus {
  /** Such as `etcd` or `memory`. */
  readonly engine: string;
  /** Whether a majority answered. */
  readonly isReady: boolean;
  readonly endpoints: readonly EndpointStatus[];
  /** Entries that are kept; `undefined` if nobody answers. */
  readonly entries?: number;
  /** Sentences for the operator: what is wrong, and what to do. The most urgent comes first. */
  readonly warnings: readonly string[];
}

/**
 * A log of entries. No call has a deadline of its own: the signal ends it, and it rejects with the signal's reason then,
 * except `follow`, which returns. Whether an append that was aborted happened is not known; the same call tells.
 */
export interface CommandLog {
  /**
   * Appends the entry once, and resolves when a majority has it. Tries again, also at other machines, until then.
   * An entry that is there already is no error if it has the same bytes. Rejects with `EntryTaken` if it has others,
   * with `LogLost` if the engine has lost data, and with `LogRefused` if the entry can never be taken.
   */
  append(entry: LogEntry, signal: AbortSignal): Promise<void>;
  /**
   * Hands over all entries after `position` in order, each once, and then those that come, one at a time: the next one
   * when the promise of `take` has resolved. `caughtUp` is called once, when all entries that existed at the call were taken.
   * Broken connections do not end it. Rejects with `LogTrimmed` if entries after `position` were removed, with `LogLost`
   * if the log ends before `position`, and with what `take` throws.
   */
  follow(
    position: number,
    take: (entry: PlacedEntry) => void | Promise<void>,
    caughtUp: () => void,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Removes all entries up to this position. Positions that were removed already, and those after the end, are no error: the
   * log then continues after the end. An engine that refuses it rejects with `LogRefused`; the next call tries again.
   */
  forget(throughPosition: number, signal: AbortSignal): Promise<void>;
  /**
   * Stores the value under the name unless one is stored already. Returns the stored value, which is never removed.
   * Rejects with `LogRefused` if the engine does not admit this server.
   */
  found(name: string, value: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  /** The state of the engine's machines. Takes a few seconds if one of them does not answer. */
  status(signal: AbortSignal): Promise<LogStatus>;
}

/** Another server has written this number of this incarnation. */
export class EntryTaken extends Error {
  override readonly name = "EntryTaken";

  constructor({ s, n }: Pick<LogEntry, "s" | "n">) {
    super(`Another server has written entry ${n} of incarnation ${s}`);
  }
}

/** Entries that the follower lacks were removed. */
export class LogTrimmed extends Error {
  override readonly name = "LogTrimmed";
  /** The log begins after this position. */
  readonly trimmed: number;

  constructor(position: number, trimmed: number) {
    super(`The log begins after position ${trimmed}, and this server has only read it up to ${position}`);
    this.trimmed = trimmed;
  }
}

/** The engine lacks entries that it has confirmed. `message` is one sentence for the operator. */
export class LogLost extends Error {
  override readonly name = "LogLost";
}

/** The engine refuses a call, and will refuse the same call again. `message` is one sentence for the operator. */
export class LogRefused extends Error {
  override readonly name = "LogRefused";
}

/** Whether two entries with the same numbers are the same. */
export function isSameData(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Throws `LogRefused` for an entry that no log takes. */
export function checkLogEntry({ s, n, data }: LogEntry): void {
  if (!Number.isSafeInteger(s) || s < 1 || !Number.isSafeInteger(n) || n < 1) {
    throw new LogRefused(`Entry ${n} of incarnation ${s} has no valid number`);
  }
  if (data.length < 1 || data.length > MAX_ENTRY_BYTES) {
    throw new LogRefused(
      `Entry ${n} of incarnation ${s} has ${data.length} bytes: the log takes 1 to ${MAX_ENTRY_BYTES}`,
    );
  }
}

/** Throws `LogRefused` for a value that no log keeps. Names have at most 32 characters: lower case, digits and hyphens. */
export function checkFounding(name: string, value: Uint8Array): void {
  if (!/^[a-z0-9-]{1,32}$/.test(name)) {
    throw new LogRefused(`${JSON.stringify(name)} is not a name of a founding record`);
  }
  if (value.length < 1 || value.length > MAX_FOUNDING_BYTES) {
    throw new LogRefused(
      `The founding record ${name} has ${value.length} bytes: the log takes 1 to ${MAX_FOUNDING_BYTES}`,
    );
  }
}
