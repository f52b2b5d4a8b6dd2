import { LogLost, LogTrimmed, MAX_ENTRY_BYTES, type PlacedEntry } from "../command_log.ts";
import { AnswerMalformed, type KeyValue, rangesOf } from "./etcd_answer.ts";
import type { EtcdClient } from "./etcd_client.ts";
import { EtcdFault } from "./etcd_fault.ts";
import type { EtcdKeys } from "./etcd_keys.ts";
import { checkBirth, type LogBirth, setUpAnew } from "./log_birth.ts";

/** Entries of one page at first, and at most. */
const FIRST_LIMIT = 32;
const MAX_LIMIT = 32_768;
/** A page is at most so many times as long as the one before: for each page etcd looks at the whole log. */
const MAX_GROWTH = 32;
/** A page grows and shrinks towards this size as JSON. */
const PAGE_BYTES = 16 * 1024 * 1024;
/** A longer page is dropped, and a shorter one is requested. */
const MAX_PAGE_BYTES = 2 * PAGE_BYTES;

export interface EntryPage {
  readonly entries: readonly PlacedEntry[];
  /** All entries up to this revision of etcd are in this page or before it. */
  readonly through: number;
  /** Whether no entry follows, so far. */
  readonly isLast: boolean;
}

/** Reads the entries of the log that exist, some thousands at once. */
export class EntryPages {
  readonly #client: EtcdClient;
  readonly #keys: EtcdKeys;
  readonly #birth: LogBirth;
  #limit = FIRST_LIMIT;

  constructor(client: EtcdClient, keys: EtcdKeys, birth: LogBirth) {
    this.#client = client;
    this.#keys = keys;
    this.#birth = birth;
  }

  /**
   * All pages after this position, up to the last one. The next page is read while the caller takes one. Throws `LogTrimmed` and `LogLost`,
   * and the signal's reason if it aborts.
   */
  async *all(position: number, signal: AbortSignal): AsyncGenerator<EntryPage, void> {
    const stopped = new AbortController();
    const stop = () => stopped.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    let next = this.#next(position, stopped.signal);
    try {
      for (;;) {
        const page = await next;
        if (page.isLast) return yield page;
        next = this.#next(page.through, stopped.signal);
        // A failure is thrown when the page is awaited, after the caller has taken this one.
        next.catch(() => {});
        yield page;
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stopped.abort();
      await next.catch(() => {});
    }
  }

  /** The first entries after this position. */
  async #next(position: number, signal: AbortSignal): Promise<EntryPage> {
    for (;;) {
      try {
        const page = await this.#read(position, signal);
        this.#limit = nextLimit(this.#limit, page.entries);
        return page;
      } catch (error) {
        const isTooLarge = error instanceof EtcdFault && error.kind === "tooLarge" && this.#limit > 1;
        if (!isTooLarge) throw error;
        this.#limit = Math.ceil(this.#limit / 8);
      }
    }
  }

  async #read(position: number, signal: AbortSignal): Promise<EntryPage> {
    const entries = {
      ...this.#keys.log,
      sort_target: "CREATE",
      sort_order: "ASCEND",
      min_create_revision: String(position + 1),
      limit: String(this.#limit),
    };
    const keys = [{ key: this.#keys.birth }, { key: this.#keys.trimmed }, entries];
    return await this.#client.call({
      kind: "read",
      path: "/v3/kv/txn",
      isSearch: true,
      isNextPart: this.#limit > FIRST_LIMIT,
      body: { success: keys.map((range) => ({ request_range: range })) },
      maxBytes: MAX_PAGE_BYTES,
      ends: ["tooLarge"],
      read: (answer, { revision }) => {
        const [birth, trimmed, log] = rangesOf(answer);
        if (log === undefined) throw new AnswerMalformed("Three ranges were expected");
        checkPosition(position, revision, this.#birth, birth!.pairs[0]);
        checkTrimmed(position, trimmed!.pairs[0]);
        checkOrder(position, log.pairs);
        const through = log.hasMore ? log.pairs.at(-1)?.createRevision ?? position : revision;
        return { entries: log.pairs.flatMap((pair) => entryOf(this.#keys, pair)), through, isLast: !log.hasMore };
      },
    }, signal);
  }
}

/** The pair as an entry; none if no server of this cluster has written it. */
export function entryOf(keys: EtcdKeys, { key, value, createRevision }: KeyValue): PlacedEntry[] {
  const numbers = keys.readEntry(key);
  const isEntry = numbers !== undefined && value.length >= 1 && value.length <= MAX_ENTRY_BYTES;
  return isEntry ? [{ ...numbers, data: value, position: createRevision }] : [];
}

/** Reads the position under `trimmed`; 0 if nothing was ever removed. */
export function trimmedOf(pair: KeyValue | undefined): number {
  const position = pair === undefined ? 0 : Number(new TextDecoder().decode(pair.value));
  if (Number.isSafeInteger(position) && position >= 0) return position;
  throw new LogLost("The record of removed entries in etcd was changed by another program");
}

/** Throws `LogLost` unless the log was born as this server knows it, before this position, and goes so far. */
function checkPosition(position: number, revision: number, birth: LogBirth, found: KeyValue | undefined): void {
  checkBirth(birth, found);
  if (position > 0 && position < birth.revision) throw setUpAnew();
  if (position <= revision) return;
  throw new LogLost(
    `etcd has lost data: its log ends at position ${revision}, before ${position}, which this server has read`,
  );
}

function checkOrder(position: number, pairs: readonly KeyValue[]): void {
  for (const { createRevision } of pairs) {
    if (createRevision <= position) throw new AnswerMalformed(`Position ${createRevision} came after ${position}`);
    position = createRevision;
  }
}

function checkTrimmed(position: number, pair: KeyValue | undefined): void {
  const trimmed = trimmedOf(pair);
  if (position < trimmed) throw new LogTrimmed(position, trimmed);
}

function nextLimit(limit: number, entries: readonly PlacedEntry[]): number {
  const bytes = entries.reduce((sum, { data }) => sum + data.length * 4 / 3 + 150, 0);
  if (bytes === 0) return limit;
  const wanted = Math.floor(entries.length * PAGE_BYTES / bytes);
  return Math.max(1, Math.min(wanted, limit * MAX_GROWTH, MAX_LIMIT));
}
