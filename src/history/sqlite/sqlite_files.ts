import type { FileReferences, StoredFile } from "../store.ts";
import type { HistoryTables } from "./history_tables.ts";
import { storeError } from "./sqlite_errors.ts";
import { ROOM_STRIDE } from "./tables/schema.ts";

/** The files of messages in a database. */
export class SqliteFiles implements FileReferences {
  readonly #tables: HistoryTables;
  readonly #path: string;

  constructor(tables: HistoryTables, path: string) {
    this.#tables = tables;
    this.#path = path;
  }

  byId(id: string): StoredFile | undefined {
    return this.#guarded(() => {
      const found = this.#tables.files.byId(id);
      // A removed room may still have messages.
      const room = found && this.#tables.rooms.withKey(Math.floor(found.key / ROOM_STRIDE));
      return room && { room: room.name, author: found.author, file: found.file };
    });
  }

  bytesOf(memberId: string, sinceMs: number): number {
    return this.#guarded(() => this.#tables.files.bytesOf(memberId, sinceMs));
  }

  has(sha256: string): boolean {
    return this.#guarded(() => this.#tables.files.has(sha256));
  }

  unused(limit: number): string[] {
    return this.#guarded(() => this.#tables.files.unused(limit));
  }

  forget(hashes: readonly string[]): void {
    const { transactions, files } = this.#tables;
    this.#guarded(() =>
      transactions.run(() => {
        for (const hash of hashes) files.forget(hash);
      })
    );
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}
