import type { RoomMessage } from "../protocol/messages.ts";
import { databasePath, makeFolder } from "./database.ts";
import type { StoredRoom } from "./history_store.ts";
import { FolderLock } from "./lock.ts";
import type { Room } from "./room_table.ts";
import { storeError } from "./store_fault.ts";
import { openTables, type Tables } from "./tables.ts";

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
  /** Ids of the messages in a room, read when the first of its seqs is not as the import has it. */
  readonly #ids = new Map<Room, Set<string>>();
  readonly #touched = new Set<Room>();

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
  addMessage(message: RoomMessage): boolean {
    return this.#guarded(() => {
      const { rooms } = this.#tables;
      const room = rooms.get(message.room) ?? rooms.save({ id: this.#newId(), name: message.room, topic: "" });
      const idThere = this.#tables.messages.idAt(room, message.seq);
      if (idThere === message.id || (room.seq > 0 && this.#idsOf(room).has(message.id))) return false;
      this.#insert(room, { ...message, seq: idThere === undefined ? message.seq : room.seq + 1 });
      return true;
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

  #insert(room: Room, message: RoomMessage): void {
    const { messages, people, rooms, indexing } = this.#tables;
    const isNewest = message.seq > room.seq;
    messages.save(room, message, people.person(message.from.id), undefined, true);
    if (message.seq <= room.indexed) indexing.insert(room, message.seq, message.from.name, message.text);
    if (!isNewest) room.inOrder = false;
    rooms.advance(room, message.seq);
    this.#ids.get(room)?.add(message.id);
    this.#touched.add(room);
  }

  #idsOf(room: Room): Set<string> {
    let ids = this.#ids.get(room);
    if (ids === undefined) this.#ids.set(room, ids = this.#tables.messages.ids(room));
    return ids;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}
