import type { Quote, RoomEntry } from "../../protocol/messages/messages.ts";
import { entryColumns, newRow } from "../sqlite/tables/entry_rows.ts";
import { toMs } from "../sqlite/tables/column_codec.ts";
import { databasePath, makeFolder } from "../sqlite/database_file.ts";
import type { StoredRoom } from "../store.ts";
import { FolderLock } from "../sqlite/folder_lock.ts";
import type { RoomRecord } from "../sqlite/tables/room_table.ts";
import { messageWords } from "../search_words.ts";
import { storeError } from "../sqlite/sqlite_errors.ts";
import { type HistoryTables, openTables } from "../sqlite/history_tables.ts";

export interface ImportOptions {
  /** Created if it does not exist. */
  readonly folder: string;
  /** Ids for rooms that the import does not describe. */
  readonly newId: () => string;
  readonly now: number;
}

/**
 * Adds messages to the history of a data folder in one transaction: all of them at `commit`, otherwise none.
 * It holds the folder's lock until it is disposed of, so no server may be running there. All methods throw a `StoreError`.
 */
export class HistoryImport implements Disposable {
  readonly #path: string;
  readonly #newId: () => string;
  readonly #lock: FolderLock;
  readonly #tables: HistoryTables;
  /** The new seq of each message that could not keep its seq, by its seq in the import. */
  readonly #moved = new Map<RoomRecord, Map<number, number>>();
  readonly #touched = new Set<RoomRecord>();

  constructor({ folder, newId, now }: ImportOptions) {
    this.#path = databasePath(folder);
    this.#newId = newId;
    makeFolder(folder);
    this.#lock = new FolderLock(folder, now);
    try {
      this.#tables = openTables(folder, { sync: "full" });
      this.#tables.transactions.begin();
    } catch (error) {
      this.#lock[Symbol.dispose]();
      throw storeError(error, this.#path);
    }
  }

  /** Adds a room, or sets the topic of an existing room that has none. */
  addRoom(room: Omit<StoredRoom, "seq">): void {
    this.#guarded(() => {
      const existing = this.#tables.rooms.get(room.name);
      if (existing === undefined || existing.topic === "") {
        this.#tables.rooms.save({ ...room, id: existing?.id ?? room.id });
      }
    });
  }

  /**
   * Adds an entry and returns true; false if the room already has it. If its seq is taken, it gets the next
   * seq of the room.
   */
  addEntry(entry: RoomEntry): boolean {
    return this.#guarded(() => {
      const { rooms } = this.#tables;
      const room = rooms.get(entry.room) ?? rooms.save({ id: this.#newId(), name: entry.room, topic: "" });
      const idAtSeq = this.#tables.messages.idAt(room, entry.seq);
      if (idAtSeq === entry.id) return false;
      const existing = this.#tables.messages.seqOf(room, entry.id);
      const seq = existing ?? (idAtSeq === undefined ? entry.seq : room.seq + 1);
      if (seq !== entry.seq) this.#movedIn(room).set(entry.seq, seq);
      if (existing === undefined) this.#insert(room, this.#retargeted(room, { ...entry, seq }));
      return existing === undefined;
    });
  }

  commit(): void {
    this.#guarded(() => {
      this.#tables.acks.flushSome(Infinity);
      for (const room of this.#touched) this.#tables.rooms.saveIndexed(room);
      this.#tables.checkpoints.drop();
      this.#tables.transactions.commit();
    });
  }

  /** Rolls back everything that was not committed, closes the database and releases the folder. */
  [Symbol.dispose](): void {
    this.#tables.transactions.rollBack();
    this.#tables.close();
    this.#lock[Symbol.dispose]();
  }

  /** The entry with the current seq of the message that it changes or replies to. */
  #retargeted(room: RoomRecord, entry: RoomEntry): RoomEntry {
    if (entry.type !== "message") return { ...entry, of: this.#retargetedQuote(room, entry.of) };
    const { reply } = entry;
    return reply === undefined ? entry : { ...entry, reply: this.#retargetedQuote(room, reply) };
  }

  #retargetedQuote(room: RoomRecord, { id, seq: exported }: Quote): Quote {
    const seq = this.#moved.get(room)?.get(exported) ?? exported;
    return { id: id ?? this.#tables.messages.idAt(room, seq), seq };
  }

  #insert(room: RoomRecord, entry: RoomEntry): void {
    const { messages, changes, people, rooms, files, searchIndex } = this.#tables;
    const isNewest = entry.seq > room.seq;
    const person = people.keyFor(entry.from.id);
    messages.insert([newRow(room, entry, person, undefined, entryColumns(entry, true))]);
    if (entry.type === "message" && entry.file !== undefined) {
      files.add(room, entry.seq, entry.file, { person, at: toMs(entry.at) });
    }
    if (entry.type !== "message") changes.apply(room, entry, person);
    else if (entry.seq <= room.indexed) {
      searchIndex.insert(room, entry.seq, entry.from.name, messageWords(entry.text, entry.file?.name));
    }
    if (!isNewest) room.inOrder = false;
    rooms.advance(room, entry.seq);
    this.#touched.add(room);
  }

  #movedIn(room: RoomRecord): Map<number, number> {
    let moved = this.#moved.get(room);
    if (moved === undefined) this.#moved.set(room, moved = new Map());
    return moved;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}
