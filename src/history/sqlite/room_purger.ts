import type { DatabaseSync } from "node:sqlite";
import type { RoomTable } from "./tables/room_table.ts";
import { ROOM_STRIDE } from "./tables/schema.ts";
import { Statement } from "./tables/statement.ts";

/** Messages that one step deletes: a few milliseconds of work. */
const MESSAGES_PER_STEP = 200;
/** Removed rooms that may wait to be purged. Beyond this, each removal of a room purges a little at once. */
export const MAX_PENDING_PURGES = 1_000;

/** Deletes the messages, reactions, files and search words of removed rooms, step by step. */
export class RoomPurger {
  readonly #rooms: RoomTable;
  readonly #lastKeyOfStep: Statement<readonly [key: number | null]>;
  readonly #deletes: readonly Statement[];

  constructor(database: DatabaseSync, rooms: RoomTable) {
    this.#rooms = rooms;
    this.#lastKeyOfStep = new Statement(
      database,
      `SELECT max(key) FROM (SELECT key FROM messages WHERE key > ? AND key < ? ORDER BY key LIMIT ${MESSAGES_PER_STEP})`,
    );
    this.#deletes = [
      "DELETE FROM search WHERE rowid > ? AND rowid <= ?",
      "DELETE FROM reactions WHERE message > ? AND message <= ?",
      "DELETE FROM files WHERE message > ? AND message <= ?",
      "DELETE FROM messages WHERE key > ? AND key <= ?",
    ].map((sql) => new Statement(database, sql));
  }

  /** True if more than `MAX_PENDING_PURGES` rooms wait to be purged. */
  get lags(): boolean {
    return this.#rooms.removedKeys.size > MAX_PENDING_PURGES;
  }

  /** Deletes some messages of one removed room; false if no room waits. Call it inside a transaction. */
  purgeSome(): boolean {
    const [key] = this.#rooms.removedKeys;
    if (key === undefined) return false;
    const base = key * ROOM_STRIDE;
    const last = this.#lastKeyOfStep.first(base, base + ROOM_STRIDE)?.[0] ?? null;
    if (last !== null) { for (const statement of this.#deletes) statement.run(base, last); }
    if (last === null || this.#lastKeyOfStep.first(base, base + ROOM_STRIDE)?.[0] === null) this.#rooms.releaseKey(key);
    return true;
  }
}
