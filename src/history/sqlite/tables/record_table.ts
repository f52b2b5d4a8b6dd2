import type { DatabaseSync } from "node:sqlite";
import type { RecordChange, RecordKind, StoredRecord } from "../../store.ts";
import { Statement } from "./statement.ts";

/**
 * The core's records, such as accounts and restrictions. They
 * are few: the core holds all of them in memory.
 */
export class RecordTable {
  readonly #all: Statement<readonly [kind: string, key: string, value: string]>;
  readonly #save: Statement;
  readonly #remove: Statement;

  constructor(database: DatabaseSync) {
    this.#all = new Statement(database, "SELECT kind, key, value FROM records");
    this.#save = new Statement(database, "INSERT OR REPLACE INTO records (kind, key, value) VALUES (?, ?, ?)");
    this.#remove = new Statement(database, "DELETE FROM records WHERE kind = ? AND key = ?");
  }

  all(): StoredRecord[] {
    return this.#all.all().map(([kind, key, value]) => ({ kind: kind as RecordKind, key, value: JSON.parse(value) }));
  }

  change({ kind, key, value }: RecordChange): void {
    if (value === undefined) this.#remove.run(kind, key);
    else this.#save.run(kind, key, JSON.stringify(value));
  }
}
