import type { DatabaseSync } from "node:sqlite";
import { type StoredRoom, StoreError } from "../../store.ts";
import { decodeText, encodeText } from "./column_codec.ts";
import { RoomKeyAllocator } from "./room_key_allocator.ts";
import { MAX_ROOM_KEYS, ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statement.ts";

/**
 * A room in memory. `seq` may be newer than in the room's row:
 * at the next start it is read from the newest message.
 */
export interface RoomRecord {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  topic: string;
  seq: number;
  /** Acknowledgements of entries up to this seq are in their table. */
  acked: number;
  /** Messages up to this seq are in the search index. */
  indexed: number;
  /** True if times rise with seqs. */
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

/** All rooms, held in memory and written through to their table. */
export class RoomTable {
  readonly #rooms = new Map<string, RoomRecord>();
  readonly #keys: RoomKeyAllocator;
  /** Rooms with entries whose acknowledgements are not in their table. */
  readonly #unacked = new Set<RoomRecord>();
  /** Rooms with new entries since `takeAdvanced`. */
  #advanced = new Set<RoomRecord>();
  /** True if a room was removed whose acknowledgements are not all in their table: no message says them any more. */
  lostAcks = false;
  readonly #load: Statement<RoomRow>;
  readonly #newest: Statement<readonly [number | null]>;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #deleteMarks: Statement;
  readonly #idOf: Statement<readonly [id: string]>;
  readonly #nameOf: Statement<readonly [name: string]>;
  readonly #setTopic: Statement;
  readonly #setAcked: Statement;
  readonly #setIndexed: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#load = statement("SELECT room, id, name, topic, seq, acked, indexed, in_order FROM rooms");
    this.#newest = statement("SELECT key FROM messages WHERE key > ? AND key < ? ORDER BY key DESC LIMIT 1");
    this.#keys = new RoomKeyAllocator(database);
    this.#insert = statement("INSERT INTO rooms (room, id, name, topic) VALUES (?, ?, ?, ?)");
    this.#idOf = statement("SELECT id FROM rooms WHERE room = ?");
    this.#nameOf = statement("SELECT name FROM rooms WHERE room = ?");
    this.#delete = statement("DELETE FROM rooms WHERE room = ?");
    this.#deleteMarks = statement("DELETE FROM marks WHERE room = ?");
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

  /** The room with this key; `undefined` if it was removed. */
  withKey(key: number): RoomRecord | undefined {
    const name = this.#nameOf.first(key)?.[0];
    return name === undefined ? undefined : this.#rooms.get(name);
  }

  /** True if the file still has the room. Another process may have removed it since it was read. */
  exists(room: RoomRecord): boolean {
    return this.#idOf.first(room.key)?.[0] === room.id;
  }

  /** Reads all rooms from the file. Must be called after a transaction that was rolled back. */
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
        topic: decodeText(topic),
        seq: Math.max(seq, newest),
        acked,
        indexed,
        inOrder: inOrder === 1,
      };
      this.#rooms.set(name, room);
      if (room.acked < room.seq) this.#unacked.add(room);
    }
  }

  /** Adds a room, or sets the topic of an existing one. Throws a `StoreError` beyond `MAX_ROOM_KEYS` rooms. */
  save({ id, name, topic }: Omit<StoredRoom, "seq">): RoomRecord {
    const existing = this.#rooms.get(name);
    if (existing !== undefined) {
      if (topic !== existing.topic) this.#setTopic.run(encodeText(topic), existing.key);
      existing.topic = topic;
      return existing;
    }
    const key = this.#keys.allocate();
    if (key === undefined) {
      throw new StoreError(
        `Cannot add room ${name}: a history holds at most ${MAX_ROOM_KEYS} rooms; remove some first`,
      );
    }
    this.#insert.run(key, id, name, encodeText(topic));
    const room: RoomRecord = { key, id, name, topic, seq: 0, acked: 0, indexed: 0, inOrder: true };
    this.#rooms.set(name, room);
    return room;
  }

  /**
   * Removes the room; false if no room has this name and id. Its name is free at once, its key only when all of
   * its messages are deleted.
   */
  remove({ id, name }: Pick<StoredRoom, "id" | "name">): boolean {
    const room = this.#rooms.get(name);
    if (room?.id !== id) return false;
    this.#rooms.delete(name);
    this.#unacked.delete(room);
    if (room.acked < room.seq) this.lostAcks = true;
    this.#delete.run(room.key);
    this.#deleteMarks.run(room.key);
    if (room.seq > 0) this.#keys.markRemoved(room.key);
    else this.#keys.release(room.key);
    return true;
  }

  /** Keys of removed rooms that still have messages. */
  get removedKeys(): ReadonlySet<number> {
    return this.#keys.removed;
  }

  /** Frees the key of a removed room whose messages are all deleted. */
  releaseKey(key: number): void {
    this.#keys.releaseRemoved(key);
  }

  /** Must be called for each new entry of the room. */
  advance(room: RoomRecord, seq: number): void {
    room.seq = Math.max(room.seq, seq);
    this.#unacked.add(room);
    this.#advanced.add(room);
  }

  /** Goes back to an earlier seq, whose later entries are deleted. Call it inside a transaction. */
  rewind(room: RoomRecord, after: number): void {
    room.seq = Math.min(room.seq, after);
    room.acked = Math.min(room.acked, after);
    room.indexed = Math.min(room.indexed, after);
    this.#setAcked.run(room.acked, room.seq, room.key);
    this.saveIndexed(room);
  }

  /** Returns the names of the rooms with new entries since the last call. */
  takeAdvanced(): string[] {
    const names = Array.from(this.#advanced, ({ name }) => name);
    this.#advanced = new Set();
    return names;
  }

  /** Returns and clears the rooms with unsaved acknowledgements, each with its newest seq. */
  takeUnacked(): Seqs {
    const seqs = new Map([...this.#unacked].map((room) => [room, room.seq]));
    this.#unacked.clear();
    return seqs;
  }

  /**
   * Writes how far acknowledgements are saved. Call it inside a
   * transaction, and `setAcked` after its commit.
   */
  saveAcked(seqs: Seqs): void {
    for (const [{ id, name }, seq] of seqs) {
      const room = this.#rooms.get(name);
      if (room?.id === id) this.#setAcked.run(seq, room.seq, room.key);
    }
  }

  setAcked(seqs: Seqs): void {
    for (const [{ id, name }, seq] of seqs) {
      const room = this.#rooms.get(name);
      if (room?.id === id) room.acked = seq;
    }
  }

  /** Writes how far the room is indexed, and its seq. Call it inside a transaction. */
  saveIndexed(room: RoomRecord): void {
    this.#setIndexed.run(room.indexed, room.seq, room.inOrder ? 1 : 0, room.key);
  }
}
