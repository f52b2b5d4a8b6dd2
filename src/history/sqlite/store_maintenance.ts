import type { Retention } from "../store.ts";
import { RetentionSteps } from "./retention_pruner.ts";
import type { Tables } from "./history_tables.ts";

/** How often all that may have grown too old is looked at. */
const ROUND_MS = 10 * 60 * 1_000;
/** Acknowledgements that one step moves. */
const STEP_ACKS = 500;

/** The work that may wait, in steps of a few milliseconds, each a transaction of its own. */
export class StoreMaintenance {
  readonly #tables: Tables;
  readonly #pruning: RetentionSteps;
  #appended = true;
  #lastRound = -Infinity;
  /** What this round has still to look at. */
  #due: ((now: number) => boolean)[] = [];

  constructor(tables: Tables, retention: Retention, onPruned?: (messages: number) => void) {
    this.#tables = tables;
    this.#pruning = new RetentionSteps(retention, tables, onPruned);
  }

  noteAppended(): void {
    this.#appended = true;
  }

  /** At least a step, then on until `budgetMs` are over. True where there is more. */
  work(now: number, budgetMs: number): boolean {
    const deadline = performance.now() + budgetMs;
    this.#begin(now);
    do {
      if (!this.#step(now)) return false;
    } while (performance.now() < deadline);
    return true;
  }

  /** Moves all acknowledgements to where the next process finds them soonest. Never throws: the messages hold them, too. */
  moveAcks(): void {
    try {
      while (this.#tables.acks.waiting) this.#moveSomeAcks();
    } catch {
      // Whatever is wrong, the next start will say.
    }
  }

  #begin(now: number): void {
    if (this.#appended || now >= this.#lastRound + ROUND_MS) this.#pruning.start();
    this.#appended = false;
    if (now < this.#lastRound + ROUND_MS) return;
    this.#lastRound = now;
    const { acks, directs, people, audit } = this.#tables;
    const oldest = this.#tables.oldestMessageMs();
    this.#due = [
      (at) => acks.prune(at),
      (at) => directs.prune(at),
      (at) => people.tend(at, oldest),
      () => audit.prune(),
    ];
  }

  /** False where nothing is left to do. */
  #step(now: number): boolean {
    const { transactions, acks, rooms } = this.#tables;
    try {
      if (acks.waiting) this.#moveSomeAcks();
      else if (!transactions.run(() => this.#pruneOrIndex(now))) return false;
      return true;
    } catch (error) {
      rooms.reload();
      acks.discard();
      throw error;
    }
  }

  #moveSomeAcks(): void {
    const { transactions, acks } = this.#tables;
    transactions.run(() => acks.moveSome(STEP_ACKS));
    acks.settle(0);
  }

  /** Removes and prunes first: what goes need not be indexed. */
  #pruneOrIndex(now: number): boolean {
    if (this.#tables.removal.step() || this.#pruning.step(now)) return true;
    const [job] = this.#due;
    if (job === undefined) return this.#tables.indexing.step();
    if (!job(now)) this.#due.shift();
    return true;
  }
}
