import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../../store.ts";
import { Statement } from "./statement.ts";

/** Begins, commits and rolls back transactions, each of which is kept for good. */
export class Transactions {
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;

  constructor(database: DatabaseSync) {
    this.#begin = new Statement(database, "BEGIN IMMEDIATE");
    this.#commit = new Statement(database, "COMMIT");
    this.#rollback = new Statement(database, "ROLLBACK");
  }

  /** Runs `work` in a transaction: commits if it returns, rolls back and rethrows if it throws. */
  run<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** Begins a transaction that spans several calls; `commit` or `rollBack` ends it. */
  begin(): void {
    this.#begin.run();
  }

  commit(): void {
    this.#commit.run();
  }

  /** Does nothing if no transaction is open. */
  rollBack(): void {
    try {
      this.#rollback.run();
    } catch {
      // SQLite has already ended the transaction, as it does when the disk is full.
    }
  }

  /** Must be called once before the first transaction. */
  open(): void {}

  /** Keeps all transactions so far for good. */
  commitAll(): void {}
}

/**
 * Transactions that are parts of a whole, which stays open until `commitAll`. One that fails leaves the others as they are. If the
 * whole is lost, because the disk is full or has failed, every later call throws.
 */
export class PartialTransactions extends Transactions {
  readonly #whole: Transactions;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  #isLost = false;

  constructor(database: DatabaseSync) {
    super(database);
    this.#whole = new Transactions(database);
    this.#begin = new Statement(database, "SAVEPOINT part");
    this.#commit = new Statement(database, "RELEASE part");
    this.#rollback = new Statement(database, "ROLLBACK TO part");
  }

  override open(): void {
    this.#whole.begin();
  }

  override begin(): void {
    this.#check();
    this.#begin.run();
  }

  override commit(): void {
    this.#commit.run();
  }

  override rollBack(): void {
    try {
      this.#rollback.run();
      this.#commit.run();
    } catch {
      this.#isLost = true;
    }
  }

  override commitAll(): void {
    this.#check();
    try {
      this.#whole.commit();
      this.#whole.begin();
    } catch (error) {
      this.#isLost = true;
      this.#whole.rollBack();
      throw error;
    }
  }

  #check(): void {
    if (this.#isLost) throw new StoreError(LOST);
  }
}

const LOST =
  "The disk was full or failed, so the database went back to the last checkpoint: free some space and start again";
