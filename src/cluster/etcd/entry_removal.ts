import { trimmedOf } from "./entry_pages.ts";
import { AnswerMalformed, type KeyValue, rangesOf } from "./etcd_answer.ts";
import type { EtcdClient } from "./etcd_client.ts";
import { EtcdFault } from "./etcd_fault.ts";
import type { EtcdKeys } from "./etcd_keys.ts";
import { checkBirth, type LogBirth } from "./log_birth.ts";

/** etcd takes at most 128 operations in a transaction. */
const MAX_OPERATIONS = 128;
/** Keys that are listed at once. */
const LIST_LIMIT = 8_192;

/** The entries to remove, all read at one revision. */
interface Plan {
  /** Up to where entries may be removed. */
  readonly through: number;
  /** The record of removed entries. */
  readonly trimmed: KeyValue | undefined;
  /** Keys of entries up to there, the oldest first. */
  readonly keys: readonly string[];
  readonly hasMore: boolean;
}

/**
 * Removes old entries from etcd. The record `trimmed` is written before the first removal, so that a reader
 * notices when entries that it lacks are gone. Calls of several servers at the same time do no harm.
 */
export class EntryRemoval {
  readonly #client: EtcdClient;
  readonly #keys: EtcdKeys;

  constructor(client: EtcdClient, keys: EtcdKeys) {
    this.#client = client;
    this.#keys = keys;
  }

  /** Throws an `EtcdFault` of the kind `refused` or `full`, and `LogLost`. */
  async remove(throughPosition: number, birth: LogBirth, signal: AbortSignal): Promise<void> {
    let plan = await this.#plan(throughPosition, birth, signal);
    // Removed entries take space until their history is compacted, too. That of the last removal is now old enough.
    if (plan.trimmed !== undefined) await this.#compact(plan.trimmed.modRevision, signal);
    if (plan.through > trimmedOf(plan.trimmed) && !await this.#record(plan, birth, signal)) {
      return await this.remove(throughPosition, birth, signal);
    }
    for (;;) {
      for (let at = 0; at < plan.keys.length; at += MAX_OPERATIONS) {
        await this.#delete(plan.keys.slice(at, at + MAX_OPERATIONS), signal);
      }
      if (!plan.hasMore) return;
      plan = await this.#plan(throughPosition, birth, signal);
    }
  }

  async #plan(throughPosition: number, birth: LogBirth, signal: AbortSignal): Promise<Plan> {
    const entries = {
      ...this.#keys.log,
      sort_target: "CREATE",
      sort_order: "ASCEND",
      max_create_revision: String(throughPosition),
      keys_only: true,
      limit: String(LIST_LIMIT),
    };
    const ranges = [{ key: this.#keys.birth }, { key: this.#keys.trimmed }, entries];
    return await this.#client.call({
      kind: "forget",
      path: "/v3/kv/txn",
      isSearch: true,
      body: { success: ranges.map((range) => ({ request_range: range })) },
      ends: ["refused"],
      read: (answer, { revision }) => {
        const [born, trimmed, log] = rangesOf(answer);
        if (log === undefined) throw new AnswerMalformed("Three ranges were expected");
        checkBirth(birth, born!.pairs[0]);
        return {
          through: Math.min(throughPosition, revision),
          trimmed: trimmed!.pairs[0],
          // etcd takes 0 for no limit.
          keys: throughPosition < 1 ? [] : log.pairs.map(({ key }) => key),
          hasMore: throughPosition >= 1 && log.hasMore,
        };
      },
    }, signal);
  }

  /** Writes up to where entries are removed. Returns false if another server has done so since the plan. */
  async #record({ through, trimmed }: Plan, birth: LogBirth, signal: AbortSignal): Promise<boolean> {
    const value = new TextEncoder().encode(String(through)).toBase64();
    const key = this.#keys.trimmed;
    const body = {
      compare: [
        { key, target: "MOD", result: "EQUAL", mod_revision: String(trimmed?.modRevision ?? 0) },
        { key: this.#keys.birth, target: "CREATE", result: "EQUAL", create_revision: String(birth.revision) },
      ],
      success: [{ request_put: { key, value } }],
    };
    return await this.#client.call({
      kind: "forget",
      path: "/v3/kv/txn",
      body,
      ends: ["refused", "full"],
      read: ({ succeeded }) => succeeded === true,
    }, signal);
  }

  async #delete(keys: readonly string[], signal: AbortSignal): Promise<void> {
    const success = keys.map((key) => ({ request_delete_range: { key } }));
    await this.#client.call({
      kind: "forget",
      path: "/v3/kv/txn",
      body: { success },
      ends: ["refused"],
      read: () => {},
    }, signal);
  }

  /** A user of etcd who is not its root may not compact: then etcd must do so by itself. */
  async #compact(revision: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#client.call({
        kind: "compact",
        path: "/v3/kv/compaction",
        body: { revision: String(revision) },
        ends: ["refused", "compacted"],
        read: () => {},
      }, signal);
    } catch (error) {
      if (!(error instanceof EtcdFault)) throw error;
    }
  }
}
