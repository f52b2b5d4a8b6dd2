import { checkClusterName } from "../cluster_key.ts";
import {
  checkFounding,
  checkLogEntry,
  type CommandLog,
  EntryTaken,
  isSameData,
  type LogEntry,
  LogRefused,
  type LogStatus,
  type PlacedEntry,
} from "../command_log.ts";
import { pause } from "./deadline.ts";
import { EntryPages } from "./entry_pages.ts";
import { EntryRemoval } from "./entry_removal.ts";
import { EntryWatch } from "./entry_watch.ts";
import { AnswerMalformed, type JsonObject, type KeyValue, rangesOf } from "./etcd_answer.ts";
import { EtcdClient, type EtcdClientOptions } from "./etcd_client.ts";
import { EtcdFault } from "./etcd_fault.ts";
import { EtcdKeys } from "./etcd_keys.ts";
import { readEtcdStatus } from "./etcd_status.ts";
import { checkBirth, type LogBirth } from "./log_birth.ts";

export interface EtcdLogOptions extends EtcdClientOptions {
  /** The cluster's name: several clusters may use one etcd. */
  readonly cluster: string;
  /** Fills the bytes with random values; by default those of the runtime. */
  readonly fillRandom?: (bytes: Uint8Array<ArrayBuffer>) => void;
}

const BIRTH_BYTES = 16;

/**
 * The command log in etcd (version 3.4 or later), by its JSON gateway. An entry is a key that is put only if it is absent;
 * its position is the revision of etcd that created it. All reads are linearizable. It holds no connection between calls;
 * `follow` holds one.
 */
export class EtcdLog implements CommandLog {
  readonly #client: EtcdClient;
  readonly #keys: EtcdKeys;
  readonly #fillRandom: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly #removal: EntryRemoval;
  readonly #watches = new Set<EntryWatch>();
  #birth: LogBirth | undefined;

  /** Throws a `ClusterKeyError` if the cluster's name is not valid. */
  constructor({ cluster, fillRandom = (bytes) => crypto.getRandomValues(bytes), ...options }: EtcdLogOptions) {
    checkClusterName(cluster);
    this.#client = new EtcdClient(options);
    this.#keys = new EtcdKeys(cluster);
    this.#fillRandom = fillRandom;
    this.#removal = new EntryRemoval(this.#client, this.#keys);
  }

  async append(entry: LogEntry, signal: AbortSignal): Promise<void> {
    checkLogEntry(entry);
    const birth = await this.#bornAt(signal);
    const key = this.#keys.entry(entry);
    const value = entry.data.toBase64();
    const body = {
      compare: [isAbsent(key), wasCreatedAt(this.#keys.birth, birth.revision)],
      success: [{ request_put: { key, value } }],
      failure: [{ request_range: { key } }, { request_range: { key: this.#keys.birth } }],
    };
    const position = await refusing(
      this.#client.call({
        kind: "append",
        path: "/v3/kv/txn",
        body,
        sentBytes: value.length,
        ends: ["oversized"],
        read: (answer, { revision }) => answer.succeeded === true ? revision : standingAt(answer, entry, birth),
      }, signal),
    );
    for (const watch of this.#watches) watch.expect(position);
  }

  async follow(
    position: number,
    take: (entry: PlacedEntry) => void | Promise<void>,
    caughtUp: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const pages = new EntryPages(this.#client, this.#keys, await this.#bornAt(signal));
      let isCaughtUp = false;
      for (let failures = 0; !signal.aborted;) {
        for await (const page of pages.all(position, signal)) {
          if (!await takeAll(page.entries, take, signal)) return;
          position = Math.max(position, page.through);
        }
        if (!isCaughtUp) caughtUp();
        isCaughtUp = true;
        const before = position;
        const watch = new EntryWatch(this.#client, this.#keys);
        position = await this.#watch(watch, position, take, signal);
        failures = watch.isOpen || position > before ? 0 : failures + 1;
        if (failures > 0) await pause(this.#client.pauseAfter(failures), signal);
      }
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
    }
  }

  async forget(throughPosition: number, signal: AbortSignal): Promise<void> {
    const birth = await refusing(this.#bornAt(signal, true));
    await refusing(this.#removal.remove(throughPosition, birth, signal));
  }

  async found(name: string, value: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    checkFounding(name, value);
    return (await refusing(this.#putOnce("found", this.#keys.founded(name), value, signal, true))).value;
  }

  async status(signal: AbortSignal): Promise<LogStatus> {
    return await readEtcdStatus(this.#client, this.#keys, signal);
  }

  /** Takes what the watch shows until it breaks. Returns the position of the last entry that was taken. */
  async #watch(
    watch: EntryWatch,
    position: number,
    take: (entry: PlacedEntry) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<number> {
    this.#watches.add(watch);
    const shown = watch.entries(position + 1, signal);
    try {
      for (;;) {
        const next = await nextOf(shown);
        if (next instanceof EtcdFault) {
          this.#client.leave(watch.gateway);
          this.#client.troubles.add("watch", [next]);
          return position;
        }
        this.#client.troubles.end("watch");
        if (next === undefined) return position;
        if (!await takeAll(next, take, signal)) return position;
        position = next.at(-1)?.position ?? position;
      }
    } finally {
      this.#watches.delete(watch);
      await shown.return();
    }
  }

  /** When the log was born; it is born by the first call of all servers. */
  async #bornAt(signal: AbortSignal, endsRefused = false): Promise<LogBirth> {
    if (this.#birth !== undefined) return this.#birth;
    signal.throwIfAborted();
    const value = new Uint8Array(BIRTH_BYTES);
    this.#fillRandom(value);
    const pair = await this.#putOnce("birth", this.#keys.birth, value, signal, endsRefused);
    return this.#birth = { revision: pair.createRevision };
  }

  /** Puts the value under the key unless there is one, and returns the pair that is kept. Reads first: etcd refuses writes when it is full. */
  async #putOnce(
    kind: string,
    key: string,
    value: Uint8Array,
    signal: AbortSignal,
    endsRefused: boolean,
  ): Promise<KeyValue> {
    const range = { request_range: { key } };
    const put = { request_put: { key, value: value.toBase64() } };
    const ask = (body: unknown) =>
      this.#client.call({
        kind,
        path: "/v3/kv/txn",
        body,
        ends: endsRefused ? ["refused"] : [],
        read: (answer) => rangesOf(answer).at(-1)?.pairs[0],
      }, signal);
    for (;;) {
      const pair = await ask({ success: [range] }) ??
        await ask({ compare: [isAbsent(key)], success: [put, range], failure: [range] });
      if (pair !== undefined) return pair;
    }
  }
}

/** Hands over the entries. Returns false if the signal has aborted before the last one. */
async function takeAll(
  entries: readonly PlacedEntry[],
  take: (entry: PlacedEntry) => void | Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  for (const entry of entries) {
    if (signal.aborted) return false;
    const taken = take(entry);
    if (taken !== undefined) await taken;
  }
  return !signal.aborted;
}

/** The next value; `undefined` at the end; the fault that ended it. */
async function nextOf<T>(values: AsyncGenerator<T, void>): Promise<T | EtcdFault | undefined> {
  try {
    const { done, value } = await values.next();
    return done ? undefined : value as T;
  } catch (error) {
    if (error instanceof EtcdFault) return error;
    throw error;
  }
}

/** An entry was not put, because its key exists: returns its position if it is the same. */
function standingAt(answer: JsonObject, entry: LogEntry, birth: LogBirth): number {
  const ranges = rangesOf(answer);
  if (ranges.length !== 2) throw new AnswerMalformed("Two ranges were expected");
  const [standing, born] = ranges.map(({ pairs }) => pairs[0]);
  checkBirth(birth, born);
  if (standing === undefined) throw new AnswerMalformed("The entry was expected");
  if (!isSameData(standing.value, entry.data)) throw new EntryTaken(entry);
  return standing.createRevision;
}

async function refusing<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EtcdFault) throw new LogRefused(error.message, { cause: error });
    throw error;
  }
}

function isAbsent(key: string): JsonObject {
  return wasCreatedAt(key, 0);
}

function wasCreatedAt(key: string, revision: number): JsonObject {
  return { key, target: "CREATE", result: "EQUAL", create_revision: String(revision) };
}
