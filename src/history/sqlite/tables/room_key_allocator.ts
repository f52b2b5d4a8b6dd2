import type { DatabaseSync } from "node:sqlite";
import { MAX_ROOM_KEYS } from "./schema.ts";
import { Statement } from "./statement.ts";

/** Keys of rooms. The key of a room that has ended is free once all of its messages are deleted. */
export class RoomKeys {
  readonly #used = new Set<number>();
  readonly #removed = new Set<number>();
  /** No lower key is free. */
  #lowest = 1;
  readonly #load: Statement<readonly [key: number]>;
  readonly #mark: Statement;
  readonly #unmark: Statement;

  constructor(database: DatabaseSync) {
    this.#load = new Statement(database, "SELECT room FROM removed_rooms ORDER BY room");
    this.#mark = new Statement(database, "INSERT INTO removed_rooms (room) VALUES (?)");
    this.#unmark = new Statement(database, "DELETE FROM removed_rooms WHERE room = ?");
  }

  /** Keys of rooms that have ended and still have messages. */
  get removed(): ReadonlySet<number> {
    return this.#removed;
  }

  /** Takes over the keys of all rooms there are, and reads those of rooms that have ended. */
  reload(keys: Iterable<number>): void {
    this.#used.clear();
    this.#removed.clear();
    this.#lowest = 1;
    for (const key of keys) this.#used.add(key);
    for (const [key] of this.#load.all()) {
      this.#used.add(key);
      this.#removed.add(key);
    }
  }

  /** The lowest free key; `undefined` if all are used. */
  take(): number | undefined {
    while (this.#used.has(this.#lowest)) this.#lowest++;
    if (this.#lowest > MAX_ROOM_KEYS) return undefined;
    this.#used.add(this.#lowest);
    return this.#lowest;
  }

  free(key: number): void {
    this.#used.delete(key);
    this.#lowest = Math.min(this.#lowest, key);
  }

  markRemoved(key: number): void {
    this.#mark.run(key);
    this.#removed.add(key);
  }

  unmarkRemoved(key: number): void {
    this.#unmark.run(key);
    this.#removed.delete(key);
    this.free(key);
  }
}
