import type { DatabaseSync } from "node:sqlite";
import type { RoomTable } from "./tables/room_table.ts";
import { ROOM_STRIDE } from "./tables/schema.ts";
import { Statement } from "./tables/statement.ts";

/** Messages that one step deletes: a few milliseconds of work. */
const STEP_MESSAGES = 200;
/** Rooms that may wait for their deletion. With more of them, each removal of a room does one step at once. */
export const MAX_REMOVALS_WAITING = 1_000;

/** Deletes what rooms that have ended leave behind: messages, reactions and their words in the index. */
export class RoomRemovalSteps {
  readonly #rooms: RoomTable;
  readonly #lastOfStep: Statement<readonly [key: number | null]>;
  readonly #deletes: readonly Statement[];

  constructor(database: DatabaseSync, rooms: RoomTable) {
    this.#rooms = rooms;
    this.#lastOfStep = new Statement(
      database,
      `SELECT max(key) FROM (SELECT key FROM messages WHERE key > ? AND key < ? ORDER BY key LIMIT ${STEP_MESSAGES})`,
    );
    this.#deletes = [
      "DELETE FROM search WHERE rowid > ? AND rowid <= ?",
      "DELETE FROM reactions WHERE message > ? AND message <= ?",
      "DELETE FROM messages WHERE key > ? AND key <= ?",
    ].map((sql) => new Statement(database, sql));
  }

  /** True if more than `MAX_REMOVALS_WAITING` rooms wait. */
  get lags(): boolean {
    return this.#rooms.removedKeys.size > MAX_REMOVALS_WAITING;
  }

  /** Deletes some messages of one room; false where no room waits. Inside a transaction. */
  step(): boolean {
    const [key] = this.#rooms.removedKeys;
    if (key === undefined) return false;
    const base = key * ROOM_STRIDE;
    const last = this.#lastOfStep.first(base, base + ROOM_STRIDE)?.[0] ?? null;
    if (last !== null) { for (const statement of this.#deletes) statement.run(base, last); }
    if (last === null || this.#lastOfStep.first(base, base + ROOM_STRIDE)?.[0] === null) this.#rooms.forget(key);
    return true;
  }
}
