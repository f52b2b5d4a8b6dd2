import type { RoomEntry } from "../../protocol/messages/messages.ts";
import { partsOf } from "../sqlite/change_applier.ts";
import { databasePath, makeFolder } from "../sqlite/database_file.ts";
import type { StoredRoom } from "../store.ts";
import { FolderLock } from "../sqlite/folder_lock.ts";
import { newRow } from "../sqlite/tables/message_table.ts";
import type { RoomRecord } from "../sqlite/tables/room_table.ts";
import { storeError } from "../sqlite/sqlite_errors.ts";
import { openTables, type Tables } from "../sqlite/history_tables.ts";

export interface ImportOptions {
  /** Made where it is missing. */
  readonly folder: string;
  /** For rooms that come without one. */
  readonly newId: () => string;
  readonly now: number;
}

/** Takes messages into the history of a folder that no server holds: all of them with `commit`, or none. Throws a `StoreError`. */
export class HistoryImport implements Disposable {
  readonly #path: string;
  readonly #newId: () => string;
  readonly #lock: FolderLock;
  readonly #tables: Tables;
  /** Seqs in a room by id, read when the first of its seqs is not as the import has it. */
  readonly #seqs = new Map<RoomRecord, Map<string, number>>();
  /** Which seq a message has, where it is another one than in the import. */
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

  /** A room that is there already keeps its topic, if it has one. */
  addRoom(room: Omit<StoredRoom, "seq">): void {
    this.#guarded(() => {
      const known = this.#tables.rooms.get(room.name);
      if (known === undefined || known.topic === "") this.#tables.rooms.save({ ...room, id: known?.id ?? room.id });
    });
  }

  /** False where the room has it already. It keeps its seq where that is free, and comes behind all others where not. */
  addEntry(entry: RoomEntry): boolean {
    return this.#guarded(() => {
      const { rooms } = this.#tables;
      const room = rooms.get(entry.room) ?? rooms.save({ id: this.#newId(), name: entry.room, topic: "" });
      const idThere = this.#tables.messages.idAt(room, entry.seq);
      if (idThere === entry.id) return false;
      const there = room.seq > 0 ? this.#seqsOf(room).get(entry.id) : undefined;
      const seq = there ?? (idThere === undefined ? entry.seq : room.seq + 1);
      if (seq !== entry.seq) this.#movedIn(room).set(entry.seq, seq);
      if (there === undefined) this.#insert(room, this.#redirected(room, { ...entry, seq }));
      return there === undefined;
    });
  }

  commit(): void {
    this.#guarded(() => {
      this.#tables.acks.moveSome(Infinity);
      for (const room of this.#touched) this.#tables.rooms.saveIndexed(room);
      this.#tables.transactions.commit();
    });
  }

  /** Without `commit` before, nothing has happened. */
  [Symbol.dispose](): void {
    this.#tables.transactions.rollBack();
    this.#tables.close();
    this.#lock[Symbol.dispose]();
  }

  /** About the message that it was about, wherever that is now. */
  #redirected(room: RoomRecord, entry: RoomEntry): RoomEntry {
    const moved = (seq: number) => this.#moved.get(room)?.get(seq) ?? seq;
    if (entry.type !== "message") return { ...entry, of: { ...entry.of, seq: moved(entry.of.seq) } };
    const { reply } = entry;
    return reply === undefined ? entry : { ...entry, reply: { ...reply, seq: moved(reply.seq) } };
  }

  #insert(room: RoomRecord, entry: RoomEntry): void {
    const { messages, changes, people, rooms, indexing } = this.#tables;
    const isNewest = entry.seq > room.seq;
    const person = people.person(entry.from.id);
    messages.save([newRow(room, entry, person, undefined, partsOf(entry, true))]);
    if (entry.type !== "message") changes.apply(room, entry, person);
    else if (entry.seq <= room.indexed) indexing.insert(room, entry.seq, entry.from.name, entry.text);
    if (!isNewest) room.inOrder = false;
    rooms.advance(room, entry.seq);
    this.#seqs.get(room)?.set(entry.id, entry.seq);
    this.#touched.add(room);
  }

  #movedIn(room: RoomRecord): Map<number, number> {
    let moved = this.#moved.get(room);
    if (moved === undefined) this.#moved.set(room, moved = new Map());
    return moved;
  }

  #seqsOf(room: RoomRecord): Map<string, number> {
    let seqs = this.#seqs.get(room);
    if (seqs === undefined) this.#seqs.set(room, seqs = this.#tables.messages.seqsById(room));
    return seqs;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}
