import type { RetentionInForce } from "./retention_floor.ts";
import { RetentionPruner } from "./retention_pruner.ts";
import type { HistoryTables } from "./history_tables.ts";

/** The interval between rounds that look for expired data. */
const ROUND_MS = 10 * 60 * 1_000;
/** Acknowledgements that one step flushes. */
const FLUSHED_ACKS = 500;

export interface MaintenanceWork {
  readonly retention: RetentionInForce;
  /** False if something else forgets people who were not seen for long. */
  readonly forgetsPeople: boolean;
  /** Called after a round of pruning that deleted messages, with their number. */
  readonly onPruned?: ((messages: number) => void) | undefined;
}

/**
 * Deferred work of the store, in steps of a few milliseconds, each in its own transaction. In this order: flush
 * acknowledgements, purge removed rooms, prune messages, delete other expired data, index messages for search.
 */
export class StoreMaintenance {
  readonly #tables: HistoryTables;
  readonly #pruner: RetentionPruner;
  readonly #retention: RetentionInForce;
  readonly #forgetsPeople: boolean;
  /** People up to this key were visited in this round. */
  #person = 0;
  #lastRound = -Infinity;
  /** The jobs left in this round. Each returns false once it is done. */
  #jobs: ((now: number) => boolean)[] = [];

  constructor(tables: HistoryTables, { retention, forgetsPeople, onPruned }: MaintenanceWork) {
    this.#tables = tables;
    this.#retention = retention;
    this.#forgetsPeople = forgetsPeople;
    this.#pruner = new RetentionPruner(retention, tables, onPruned);
  }

  /** Does at least one step, then more until `budgetMs` have passed. Returns true if there is more to do. */
  run(now: number, budgetMs: number): boolean {
    const deadline = performance.now() + budgetMs;
    this.#startRound(now);
    do {
      if (!this.#step(now)) return false;
    } while (performance.now() < deadline);
    return true;
  }

  /**
   * Flushes all acknowledgements, so that the next start is quick. It never throws: they can be restored
   * from the messages.
   */
  flushAcks(): void {
    try {
      this.flushAllAcks();
    } catch {
      // The next start reports the problem if it persists.
    }
  }

  flushAllAcks(): void {
    while (this.#tables.acks.pending) this.#flushSomeAcks();
  }

  #startRound(now: number): void {
    const { acks, audit, rooms } = this.#tables;
    this.#pruner.visit(rooms.takeAdvanced());
    if (now < this.#lastRound + ROUND_MS) return;
    this.#lastRound = now;
    this.#pruner.visit(rooms.all().map(({ name }) => name));
    const oldest = this.#tables.oldestMessageMs();
    this.#jobs = [
      (at) => acks.prune(at),
      (at) => this.#forgetsPeople && this.#forgetSomePeople(at, oldest),
      () => audit.prune(),
      (at) => this.#expireSomeFiles(at),
    ];
  }

  /** Does one step; false if nothing is left to do. */
  #step(now: number): boolean {
    const { transactions, acks, rooms } = this.#tables;
    try {
      if (acks.pending) this.#flushSomeAcks();
      else if (!transactions.run(() => this.#purgePruneOrIndex(now))) return false;
      return true;
    } catch (error) {
      rooms.reload();
      acks.rolledBack();
      throw error;
    }
  }

  /** Prunes everything that the retention has let go, at once. */
  pruneAll(now: number): void {
    const { transactions, rooms } = this.#tables;
    this.flushAllAcks();
    this.#pruner.visit(rooms.all().map(({ name }) => name));
    while (transactions.run(() => this.#pruner.pruneSome(now)));
    while (transactions.run(() => this.#expireSomeFiles(now)));
  }

  #expireSomeFiles(now: number): boolean {
    const { maxFileAgeMs } = this.#retention.current;
    return maxFileAgeMs !== undefined && this.#tables.files.expire(now - maxFileAgeMs);
  }

  #forgetSomePeople(now: number, oldestMessageMs: number): boolean {
    const next = this.#tables.people.prune(this.#person, now, oldestMessageMs);
    this.#person = next ?? 0;
    return next !== undefined;
  }

  #flushSomeAcks(): void {
    const { transactions, acks } = this.#tables;
    transactions.run(() => acks.flushSome(FLUSHED_ACKS));
    acks.committed(0);
  }

  /** Deletes before it indexes, because deleted messages need not be indexed. */
  #purgePruneOrIndex(now: number): boolean {
    if (this.#tables.roomPurger.purgeSome() || this.#pruner.pruneSome(now)) return true;
    const [job] = this.#jobs;
    if (job === undefined) return this.#tables.searchIndex.indexSome();
    if (!job(now)) this.#jobs.shift();
    return true;
  }
}
