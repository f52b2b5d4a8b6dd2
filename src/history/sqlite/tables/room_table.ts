import type { DatabaseSync } from "node:sqlite";
import { type StoredRoom, StoreError } from "../../store.ts";
import { pack, unpack } from "./column_codec.ts";
import { RoomKeys } from "./room_key_allocator.ts";
import { MAX_ROOM_KEYS, ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statement.ts";

/** A room as the store knows it. `seq` runs ahead of its row: the newest message tells it at the next start. */
export interface RoomRecord {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  topic: string;
  seq: number;
  /** Up to which seq acknowledgements are in their table, and messages in the search index. */
  acked: number;
  indexed: number;
  /** Whether times rise with seqs. */
  inOrder: boolean;
}

/** Seqs by room. */
export type Seqs = ReadonlyMap<RoomRecord, number>;

type RoomRow = readonly [
  key: number,
  id: string,
  name: string,
  topic: string,
  seq: number,
  acked: number,
  indexed: number,
  inOrder: number,
];

/** All rooms, in memory and in their table. */
export class RoomTable {
  readonly #rooms = new Map<string, RoomRecord>();
  readonly #keys: RoomKeys;
  /** With messages whose acknowledgements are not in their table. */
  readonly #unacked = new Set<RoomRecord>();
  readonly #load: Statement<RoomRow>;
  readonly #newest: Statement<readonly [number | null]>;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #idOf: Statement<readonly [id: string]>;
  readonly #setTopic: Statement;
  readonly #setAcked: Statement;
  readonly #setIndexed: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#load = statement("SELECT room, id, name, topic, seq, acked, indexed, in_order FROM rooms");
    this.#newest = statement("SELECT key FROM messages WHERE key > ? AND key < ? ORDER BY key DESC LIMIT 1");
    this.#keys = new RoomKeys(database);
    this.#insert = statement("INSERT INTO rooms (room, id, name, topic) VALUES (?, ?, ?, ?)");
    this.#idOf = statement("SELECT id FROM rooms WHERE room = ?");
    this.#delete = statement("DELETE FROM rooms WHERE room = ?");
    this.#setTopic = statement("UPDATE rooms SET topic = ? WHERE room = ?");
    this.#setAcked = statement("UPDATE rooms SET acked = ?, seq = ? WHERE room = ?");
    this.#setIndexed = statement("UPDATE rooms SET indexed = ?, seq = ?, in_order = ? WHERE room = ?");
    this.reload();
  }

  all(): IteratorObject<RoomRecord> {
    return this.#rooms.values();
  }

  get(name: string): RoomRecord | undefined {
    return this.#rooms.get(name);
  }

  /** Whether the file still has the room, whatever another process has done to it since it was read. */
  isKept(room: RoomRecord): boolean {
    return this.#idOf.first(room.key)?.[0] === room.id;
  }

  /** Reads all again, after a transaction that did not happen. */
  reload(): void {
    const rows = this.#load.all();
    this.#keys.reload(rows.map(([key]) => key));
    this.#rooms.clear();
    this.#unacked.clear();
    for (const [key, id, name, topic, seq, acked, indexed, inOrder] of rows) {
      const base = key * ROOM_STRIDE;
      const newest = (this.#newest.first(base, base + ROOM_STRIDE)?.[0] ?? base) - base;
      const room: RoomRecord = {
        key,
        id,
        name,
        topic: unpack(topic),
        seq: Math.max(seq, newest),
        acked,
        indexed,
        inOrder: inOrder === 1,
      };
      this.#rooms.set(name, room);
      if (room.acked < room.seq) this.#unacked.add(room);
    }
  }

  save({ id, name, topic }: Omit<StoredRoom, "seq">): RoomRecord {
    const known = this.#rooms.get(name);
    if (known !== undefined) {
      if (topic !== known.topic) this.#setTopic.run(pack(topic), known.key);
      known.topic = topic;
      return known;
    }
    const key = this.#keys.take();
    if (key === undefined) {
      throw new StoreError(`Room ${name} is one too many: ${MAX_ROOM_KEYS} rooms fit into one history`);
    }
    this.#insert.run(key, id, name, pack(topic));
    const room: RoomRecord = { key, id, name, topic, seq: 0, acked: 0, indexed: 0, inOrder: true };
    this.#rooms.set(name, room);
    return room;
  }

  /** Ends the room with this id, if it is there: its name is free at once, its key when all of its messages are deleted. False where it is not. */
  remove({ id, name }: Pick<StoredRoom, "id" | "name">): boolean {
    const room = this.#rooms.get(name);
    if (room?.id !== id) return false;
    this.#rooms.delete(name);
    this.#unacked.delete(room);
    this.#delete.run(room.key);
    if (room.seq > 0) this.#keys.markRemoved(room.key);
    else this.#keys.free(room.key);
    return true;
  }

  /** Keys of rooms that have ended and still have messages, oldest first. */
  get removedKeys(): ReadonlySet<number> {
    return this.#keys.removed;
  }

  /** All messages of the removed room are deleted. */
  forget(key: number): void {
    this.#keys.unmarkRemoved(key);
  }

  /** The room has a message more. */
  advance(room: RoomRecord, seq: number): void {
    room.seq = Math.max(room.seq, seq);
    this.#unacked.add(room);
  }

  /** The rooms with messages whose acknowledgements are not in their table, and up to which seq; from now on only newer ones count. */
  takeUnacked(): Seqs {
    const seqs = new Map([...this.#unacked].map((room) => [room, room.seq]));
    this.#unacked.clear();
    return seqs;
  }

  /** Inside a transaction, whose success `noteAcked` tells. */
  saveAcked(seqs: Seqs): void {
    for (const [{ id, name }, seq] of seqs) {
      const room = this.#rooms.get(name);
      if (room?.id === id) this.#setAcked.run(seq, room.seq, room.key);
    }
  }

  noteAcked(seqs: Seqs): void {
    for (const [{ id, name }, seq] of seqs) {
      const room = this.#rooms.get(name);
      if (room?.id === id) room.acked = seq;
    }
  }

  /** Keeps how far the room is indexed, and its seq. Inside a transaction. */
  saveIndexed(room: RoomRecord): void {
    this.#setIndexed.run(room.indexed, room.seq, room.inOrder ? 1 : 0, room.key);
  }
}
