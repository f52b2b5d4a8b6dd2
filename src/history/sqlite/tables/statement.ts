import type { DatabaseSync, StatementSync } from "node:sqlite";

export type Value = string | number | null | Uint8Array;

/** A statement that is compiled once. Its rows are arrays, which cost half of what objects do. */
export class Statement<Row extends readonly unknown[] = []> {
  readonly #statement: StatementSync;

  constructor(database: DatabaseSync, sql: string) {
    this.#statement = database.prepare(sql);
    // Deno has it, its types do not.
    (this.#statement as StatementSync & { setReturnArrays(on: boolean): void }).setReturnArrays(true);
  }

  run(...values: Value[]): void {
    this.#statement.run(...values);
  }

  /** How many rows it changed. */
  change(...values: Value[]): number {
    return Number(this.#statement.run(...values).changes);
  }

  /** The key of the row it inserted. */
  insert(...values: Value[]): number {
    return Number(this.#statement.run(...values).lastInsertRowid);
  }

  first(...values: Value[]): Row | undefined {
    return this.#statement.get(...values) as unknown as Row | undefined;
  }

  all(...values: Value[]): Row[] {
    return this.#statement.all(...values) as unknown as Row[];
  }

  each(...values: Value[]): IterableIterator<Row> {
    return this.#statement.iterate(...values) as unknown as IterableIterator<Row>;
  }
}

/** Begins and ends transactions. */
export class Transactions {
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;

  constructor(database: DatabaseSync) {
    this.#begin = new Statement(database, "BEGIN IMMEDIATE");
    this.#commit = new Statement(database, "COMMIT");
    this.#rollback = new Statement(database, "ROLLBACK");
  }

  /** Does all of `work`, or nothing of it and throws what it threw. */
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

  /** For work that takes several turns. */
  begin(): void {
    this.#begin.run();
  }

  commit(): void {
    this.#commit.run();
  }

  /** Does nothing where there is no transaction. */
  rollBack(): void {
    try {
      this.#rollback.run();
    } catch {
      // SQLite has ended the transaction already, as it does where the disk is full.
    }
  }
}
