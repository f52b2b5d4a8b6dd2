import type { DatabaseSync } from "node:sqlite";
import { MAX_AUDIT_ENTRIES } from "../protocol/limits.ts";
import type { AuditEntry } from "../protocol/messages.ts";
import type { AuditPage } from "./history_store.ts";
import { Statement } from "./statements.ts";

/** Entries that one step removes. */
const STEP_ENTRIES = 500;

type Row = readonly [nth: number, entry: string];

/** What moderators did, the newest `MAX_AUDIT_ENTRIES` of it. */
export class AuditLog {
  readonly #add: Statement;
  readonly #newest: Statement<Row>;
  readonly #newestOfRoom: Statement<Row>;
  readonly #prune: Statement;

  constructor(database: DatabaseSync) {
    this.#add = new Statement(database, "INSERT INTO audit (at, room, entry) VALUES (?, ?, ?)");
    this.#newest = new Statement(database, "SELECT nth, entry FROM audit WHERE nth < ? ORDER BY nth DESC LIMIT ?");
    this.#newestOfRoom = new Statement(
      database,
      "SELECT nth, entry FROM audit WHERE nth < ?1 AND room = ?3 ORDER BY nth DESC LIMIT ?2",
    );
    this.#prune = new Statement(
      database,
      `DELETE FROM audit WHERE nth IN
       (SELECT nth FROM audit WHERE nth <= (SELECT max(nth) FROM audit) - ? ORDER BY nth LIMIT ${STEP_ENTRIES})`,
    );
  }

  add(entry: Omit<AuditEntry, "nth">): void {
    this.#add.run(Date.parse(entry.at), entry.room ?? null, JSON.stringify(entry));
  }

  page({ room, before = Number.MAX_SAFE_INTEGER, limit }: AuditPage): AuditEntry[] {
    const rows = room === undefined ? this.#newest.all(before, limit) : this.#newestOfRoom.all(before, limit, room);
    return rows.map(([nth, entry]) => ({ nth, ...JSON.parse(entry) }));
  }

  /** True where there is more to remove. */
  prune(most = MAX_AUDIT_ENTRIES): boolean {
    return this.#prune.change(most) === STEP_ENTRIES;
  }
}
