import type { DatabaseSync } from "node:sqlite";
import { MAX_AUDIT_ENTRIES, MAX_AUDIT_ENTRIES_PER_ROOM } from "../../../protocol/limits.ts";
import type { AuditEntry } from "../../../protocol/messages/messages.ts";
import type { AuditPage, NewAuditEntry } from "../../store.ts";
import { Statement } from "./statement.ts";

/** Entries that one step of `prune` deletes. */
const ENTRIES_PER_STEP = 500;

type Row = readonly [nth: number, entry: string];

/**
 * The audit log: the newest `MAX_AUDIT_ENTRIES` trusted entries and as many untrusted ones; see
 * `HistoryStore.audit`.
 */
export class AuditTable {
  readonly #add: Statement;
  readonly #newest: Statement<Row>;
  readonly #newestOfRoom: Statement<Row>;
  readonly #trimRoom: Statement;
  readonly #removeUntrusted: Statement;
  readonly #detachTrusted: Statement;
  readonly #prune: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#add = statement("INSERT INTO audit (at, room, entry, trusted) VALUES (?, ?, ?, ?)");
    this.#newest = statement("SELECT nth, entry FROM audit WHERE nth < ? ORDER BY nth DESC LIMIT ?");
    this.#newestOfRoom = statement(
      "SELECT nth, entry FROM audit WHERE nth < ?1 AND room = ?3 ORDER BY nth DESC LIMIT ?2",
    );
    this.#trimRoom = statement(
      `DELETE FROM audit WHERE nth IN (SELECT nth FROM audit WHERE room = ? AND trusted = 0
       ORDER BY nth DESC LIMIT -1 OFFSET ${MAX_AUDIT_ENTRIES_PER_ROOM})`,
    );
    this.#removeUntrusted = statement("DELETE FROM audit WHERE room = ? AND trusted = 0");
    this.#detachTrusted = statement("UPDATE audit SET room = NULL WHERE room = ?");
    this.#prune = statement(
      `DELETE FROM audit WHERE nth IN (SELECT nth FROM audit WHERE trusted = ?1 AND nth <=
       (SELECT nth FROM audit WHERE trusted = ?1 ORDER BY nth DESC LIMIT 1 OFFSET ?2) ORDER BY nth LIMIT ${ENTRIES_PER_STEP})`,
    );
  }

  add({ trusted, ...entry }: NewAuditEntry): void {
    const { room } = entry;
    const isTrusted = trusted || room === undefined;
    this.#add.run(Date.parse(entry.at), room ?? null, JSON.stringify(entry), isTrusted ? 1 : 0);
    if (!isTrusted) this.#trimRoom.run(room);
  }

  /**
   * Deletes the room's untrusted entries and detaches trusted ones, so that a new room of this name does
   * not show them.
   */
  removeRoom(room: string): void {
    this.#removeUntrusted.run(room);
    this.#detachTrusted.run(room);
  }

  page({ room, before = Number.MAX_SAFE_INTEGER, limit }: AuditPage): AuditEntry[] {
    const rows = room === undefined ? this.#newest.all(before, limit) : this.#newestOfRoom.all(before, limit, room);
    return rows.map(([nth, entry]) => ({ nth, ...JSON.parse(entry) }));
  }

  /** Deletes some of the oldest entries beyond the limit; true if there is more to delete. */
  prune(maxEntries = MAX_AUDIT_ENTRIES): boolean {
    return [0, 1].map((trusted) => this.#prune.change(trusted, maxEntries) === ENTRIES_PER_STEP).includes(true);
  }
}
