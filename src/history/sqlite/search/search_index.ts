import type { DatabaseSync } from "node:sqlite";
import { unpack } from "../tables/column_codec.ts";
import type { RoomRecord, RoomTable } from "../tables/room_table.ts";
import { ROOM_STRIDE } from "../tables/schema.ts";
import { Statement } from "../tables/statement.ts";
import { authorKey, searchWords } from "../../search_words.ts";

/** Messages that one step puts into the index, and characters of their words after which it ends: a few milliseconds of work. */
const STEP_INDEXED = 200;
const STEP_CHARS = 32_768;
/** Pages of the index that each step merges with others, so that searches have few places to look at: some, and more for long texts. */
const MERGED_PAGES = 24;
const CHARS_PER_MERGED_PAGE = 512;

/** Without text where there is nothing to find. */
type Row = readonly [key: number, name: string, text: string | null, at: number];

/** Fills the full-text index behind the messages, for to do so at once would cost three times what storing them costs. */
export class SearchIndex {
  readonly #rooms: RoomTable;
  readonly #next: Statement<Row>;
  readonly #time: Statement<readonly [at: number]>;
  readonly #insert: Statement;
  readonly #merge: Statement;
  readonly #delete: Statement;
  /** The newest time that was indexed, by room. */
  readonly #newest = new WeakMap<RoomRecord, number>();

  constructor(database: DatabaseSync, rooms: RoomTable) {
    this.#rooms = rooms;
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#next = statement(
      "SELECT key, name, iif(kind IS NULL, text, NULL), at FROM messages WHERE key > ? AND key < ? ORDER BY key LIMIT ?",
    );
    this.#time = statement("SELECT at FROM messages WHERE key <= ? AND key > ? ORDER BY key DESC LIMIT 1");
    this.#insert = statement("INSERT INTO search (rowid, words, author, part) VALUES (?, ?, ?, ?)");
    this.#merge = statement("INSERT INTO search (search, rank) VALUES ('merge', ?)");
    this.#delete = statement("DELETE FROM search WHERE rowid >= ? AND rowid <= ?");
  }

  /** A step for the first room that has something left; false where none has. Inside a transaction. */
  step(): boolean {
    for (const room of this.#rooms.all()) {
      if (room.indexed >= room.seq) continue;
      this.#advance(room);
      return true;
    }
    return false;
  }

  #advance(room: RoomRecord): void {
    const base = room.key * ROOM_STRIDE;
    const rows = this.#next.all(base + room.indexed, base + ROOM_STRIDE, STEP_INDEXED);
    let chars = 0;
    let done = 0;
    for (; done < rows.length && chars < STEP_CHARS; done++) {
      const row = rows[done]!;
      chars += this.#insertRow(room, row);
      this.#noteTime(room, row[3]);
    }
    room.indexed = done < STEP_INDEXED && done === rows.length ? room.seq : rows[done - 1]![0] - base;
    this.#rooms.saveIndexed(room);
    this.#merge.run(MERGED_PAGES + Math.floor(chars / CHARS_PER_MERGED_PAGE));
  }

  /** A message that came in below what is indexed already, or has another text. Inside a transaction. */
  insert(room: RoomRecord, seq: number, name: string, text: string): void {
    this.#insertWords(room, seq, name, searchWords(text));
  }

  /** Characters of the row's words. */
  #insertRow(room: RoomRecord, [key, name, text]: Row): number {
    if (text === null || text === "") return 0;
    const words = searchWords(unpack(text));
    this.#insertWords(room, key - room.key * ROOM_STRIDE, name, words);
    return words.length;
  }

  #insertWords(room: RoomRecord, seq: number, name: string, words: string): void {
    this.#insert.run(room.key * ROOM_STRIDE + seq, words, authorToken(name), partToken(room, partOf(seq)));
  }

  #noteTime(room: RoomRecord, at: number): void {
    const newest = this.#newest.get(room) ?? this.#newestIndexed(room);
    if (at < newest - MAX_DISORDER_MS) room.inOrder = false;
    if (at > newest) this.#newest.set(room, at);
  }

  #newestIndexed(room: RoomRecord): number {
    const base = room.key * ROOM_STRIDE;
    return this.#time.first(base + room.indexed, base)?.[0] ?? -Infinity;
  }

  /** Takes messages out again; both seqs are among them. */
  delete(room: RoomRecord, fromSeq: number, throughSeq: number): void {
    const base = room.key * ROOM_STRIDE;
    this.#delete.run(base + fromSeq, base + Math.min(throughSeq, room.indexed));
  }
}

/** Clocks are set back now and then. Within this, times count as rising. */
export const MAX_DISORDER_MS = 24 * 60 * 60 * 1_000;

/** Seqs of a room that are searched together: in the worst case, two milliseconds of work. */
const PART_SEQS = 4_096;

export function partOf(seq: number): number {
  return Math.floor(seq / PART_SEQS);
}

/** The room and the part of it as one word of the index. */
export function partToken({ key }: RoomRecord, part: number): string {
  return `p${key.toString(36)}x${part.toString(36)}`;
}

/** A name as one word of the index, whatever it consists of. */
export function authorToken(name: string): string {
  let token = "n";
  for (const char of authorKey(name)) token += char.codePointAt(0)!.toString(16).padStart(6, "0");
  return token;
}
