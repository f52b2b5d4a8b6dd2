import { backup, type DatabaseSync } from "node:sqlite";
import type { RoomEntry } from "../../protocol/messages/messages.ts";
import { databasePath, openForReading } from "../sqlite/database_file.ts";
import { type StoredRoom, StoreError } from "../store.ts";
import { MessageTable } from "../sqlite/tables/message_table.ts";
import { ReactionTable } from "../sqlite/tables/reaction_table.ts";
import { PageReader } from "../sqlite/tables/page_reader.ts";
import { RoomTable } from "../sqlite/tables/room_table.ts";
import { storeError } from "../sqlite/sqlite_errors.ts";

/** Messages read at a time. A server that writes meanwhile is never held up for longer. */
const PAGE_MESSAGES = 1_000;

/** Reads the history of a folder, beside a server that may write to it. All of it throws a `StoreError` where that fails. */
export class Archive implements Disposable {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #rooms: RoomTable;
  readonly #messages: MessageTable;
  readonly #reading: PageReader;

  constructor(folder: string) {
    this.#path = databasePath(folder);
    this.#database = openForReading(folder);
    try {
      this.#rooms = new RoomTable(this.#database);
      this.#messages = new MessageTable(this.#database);
      this.#reading = new PageReader(this.#messages, new ReactionTable(this.#database));
    } catch (error) {
      this.#database.close();
      throw storeError(error, this.#path);
    }
  }

  rooms(): StoredRoom[] {
    return this.#rooms.all().map(({ id, name, topic, seq }) => ({ id, name, topic, seq })).toArray();
  }

  /** All messages of a room and their changes, oldest first; what is sent while they are read comes, too. */
  *entries(roomName: string): Generator<RoomEntry> {
    const room = this.#rooms.get(roomName);
    if (room === undefined) return;
    for (let after = 0;;) {
      const page = this.#page(() =>
        this.#reading.entries(room, this.#messages.oldestEntries(room, after, PAGE_MESSAGES))
      );
      // A room that has ended since then may have left its key to another one.
      if (!this.#page(() => this.#rooms.isKept(room))) return;
      yield* page;
      if (page.length < PAGE_MESSAGES) return;
      after = page.at(-1)!.seq;
    }
  }

  /** A copy of everything as it is at one moment, in a file that only this user can read. Refuses to replace one. */
  async backUp(path: string): Promise<void> {
    createNew(path);
    try {
      // All pages in one step: the copy is of one moment, and never begins again because somebody wrote.
      await backup(this.#database, path, { rate: 2 ** 31 - 1 });
    } catch (error) {
      Deno.removeSync(path);
      throw storeError(error, path);
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #page<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}

function createNew(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw storeError(error, path);
    throw new StoreError(`File ${path} exists already: name another, or move it away`, { cause: error });
  }
}
