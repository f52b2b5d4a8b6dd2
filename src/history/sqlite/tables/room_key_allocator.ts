import type { DatabaseSync } from "node:sqlite";
import { MAX_ROOM_KEYS } from "./schema.ts";
import { Statement } from "./statement.ts";

/**
 * Allocates the integer keys of rooms. The key of a removed
 * room becomes free when all of its messages are deleted.
 */
export class RoomKeyAllocator {
  readonly #used = new Set<number>();
  readonly #removed = new Set<number>();
  /** All lower keys are in use. */
  #lowest = 1;
  readonly #load: Statement<readonly [key: number]>;
  readonly #mark: Statement;
  readonly #unmark: Statement;

  constructor(database: DatabaseSync) {
    this.#load = new Statement(database, "SELECT room FROM removed_rooms ORDER BY room");
    this.#mark = new Statement(database, "INSERT INTO removed_rooms (room) VALUES (?)");
    this.#unmark = new Statement(database, "DELETE FROM removed_rooms WHERE room = ?");
  }

  /** Keys of removed rooms that still have messages, lowest first after a start. */
  get removed(): ReadonlySet<number> {
    return this.#removed;
  }

  /** Starts again with the keys of all rooms, and reads the keys of removed rooms. */
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

  /** Allocates the lowest free key; `undefined` if all are in use. */
  allocate(): number | undefined {
    while (this.#used.has(this.#lowest)) this.#lowest++;
    if (this.#lowest > MAX_ROOM_KEYS) return undefined;
    this.#used.add(this.#lowest);
    return this.#lowest;
  }

  release(key: number): void {
    this.#used.delete(key);
    this.#lowest = Math.min(this.#lowest, key);
  }

  markRemoved(key: number): void {
    this.#mark.run(key);
    this.#removed.add(key);
  }

  releaseRemoved(key: number): void {
    this.#unmark.run(key);
    this.#removed.delete(key);
    this.release(key);
  }
}
