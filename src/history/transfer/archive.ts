import { backup, type DatabaseSync } from "node:sqlite";
import { isConversationName } from "../../protocol/conventions.ts";
import type { RoomEntry } from "../../protocol/messages/messages.ts";
import { databasePath, openForReading } from "../sqlite/database_file.ts";
import { type StoredRoom, StoreError } from "../store.ts";
import { FileTable } from "../sqlite/tables/file_table.ts";
import { MessageTable } from "../sqlite/tables/message_table.ts";
import { ReactionTable } from "../sqlite/tables/reaction_table.ts";
import { PageReader } from "../sqlite/tables/page_reader.ts";
import { RoomTable } from "../sqlite/tables/room_table.ts";
import { storeError } from "../sqlite/sqlite_errors.ts";

/** Entries in one read. A server that writes meanwhile waits no longer than one read. */
const PAGE_MESSAGES = 1_000;

/**
 * Read-only access to the history of a data folder, for export and backup; a server may write to the folder meanwhile.
 * The constructor and all methods throw a `StoreError` on failure. The opener disposes of it.
 */
export class Archive implements Disposable {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #rooms: RoomTable;
  readonly #messages: MessageTable;
  readonly #pages: PageReader;
  readonly #files: FileTable;

  constructor(folder: string) {
    this.#path = databasePath(folder);
    this.#database = openForReading(folder);
    try {
      this.#rooms = new RoomTable(this.#database);
      this.#messages = new MessageTable(this.#database);
      this.#files = new FileTable(this.#database);
      this.#pages = new PageReader(this.#messages, new ReactionTable(this.#database), this.#files);
    } catch (error) {
      this.#database.close();
      throw storeError(error, this.#path);
    }
  }

  /** All rooms, without conversations: only their two members may read those. */
  rooms(): StoredRoom[] {
    const rooms = this.#rooms.all().filter(({ name }) => !isConversationName(name));
    return rooms.map(({ id, name, topic, seq }) => ({ id, name, topic, seq })).toArray();
  }

  /** Bytes of all files of messages, in conversations, too, by their hashes. */
  fileSizes(): Map<string, number> {
    return new Map(this.#page(() => this.#files.sizes()));
  }

  /**
   * All messages and changes of a room, oldest first, including
   * those that are sent while the caller iterates.
   */
  *entries(roomName: string): Generator<RoomEntry> {
    const room = this.#rooms.get(roomName);
    if (room === undefined) return;
    for (let after = 0;;) {
      const page = this.#page(() =>
        this.#pages.entries(room, this.#messages.oldestEntries(room, after, PAGE_MESSAGES))
      );
      // If the room was removed meanwhile, its key may already belong to another room.
      if (!this.#page(() => this.#rooms.exists(room))) return;
      yield* page;
      if (page.length < PAGE_MESSAGES) return;
      after = page.at(-1)!.seq;
    }
  }

  /**
   * Writes a consistent copy of the database to a new file that only this user can read. An existing file
   * is refused.
   */
  async backUp(path: string): Promise<void> {
    createNew(path);
    try {
      // One step for all pages gives a consistent copy. SQLite would restart a copy in several steps after
      // each write.
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
    throw new StoreError(`File ${path} already exists: choose another name or move that file`, { cause: error });
  }
}
