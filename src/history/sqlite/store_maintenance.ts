import type { Retention } from "../store.ts";
import { RetentionPruner } from "./retention_pruner.ts";
import type { HistoryTables } from "./history_tables.ts";

/** How often all that may have grown too old is looked at. */
const ROUND_MS = 10 * 60 * 1_000;
/** Acknowledgements that one step moves. */
const FLUSHED_ACKS = 500;

/** The work that may wait, in steps of a few milliseconds, each a transaction of its own. */
export class StoreMaintenance {
  readonly #tables: HistoryTables;
  readonly #pruner: RetentionPruner;
  #appended = true;
  #lastRound = -Infinity;
  /** What this round has still to look at. */
  #jobs: ((now: number) => boolean)[] = [];

  constructor(tables: HistoryTables, retention: Retention, onPruned?: (messages: number) => void) {
    this.#tables = tables;
    this.#pruner = new RetentionPruner(retention, tables, onPruned);
  }

  appended(): void {
    this.#appended = true;
  }

  /** At least a step, then on until `budgetMs` are over. True where there is more. */
  run(now: number, budgetMs: number): boolean {
    const deadline = performance.now() + budgetMs;
    this.#startRound(now);
    do {
      if (!this.#step(now)) return false;
    } while (performance.now() < deadline);
    return true;
  }

  /** Moves all acknowledgements to where the next process finds them soonest. Never throws: the messages hold them, too. */
  flushAcks(): void {
    try {
      while (this.#tables.acks.pending) this.#flushSomeAcks();
    } catch {
      // Whatever is wrong, the next start will say.
    }
  }

  #startRound(now: number): void {
    if (this.#appended || now >= this.#lastRound + ROUND_MS) this.#pruner.startRound();
    this.#appended = false;
    if (now < this.#lastRound + ROUND_MS) return;
    this.#lastRound = now;
    const { acks, directs, people, audit } = this.#tables;
    const oldest = this.#tables.oldestMessageMs();
    this.#jobs = [
      (at) => acks.prune(at),
      (at) => directs.prune(at),
      (at) => people.prune(at, oldest),
      () => audit.prune(),
    ];
  }

  /** False where nothing is left to do. */
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

  #flushSomeAcks(): void {
    const { transactions, acks } = this.#tables;
    transactions.run(() => acks.flushSome(FLUSHED_ACKS));
    acks.committed(0);
  }

  /** Removes and prunes first: what goes need not be indexed. */
  #purgePruneOrIndex(now: number): boolean {
    if (this.#tables.roomPurger.purgeSome() || this.#pruner.pruneSome(now)) return true;
    const [job] = this.#jobs;
    if (job === undefined) return this.#tables.searchIndex.indexSome();
    if (!job(now)) this.#jobs.shift();
    return true;
  }
}
