import type { DatabaseSync } from "node:sqlite";
import { decodeText } from "../tables/column_codec.ts";
import type { RoomRecord, RoomTable } from "../tables/room_table.ts";
import { ROOM_STRIDE } from "../tables/schema.ts";
import { Statement } from "../tables/statement.ts";
import { authorKey, messageWords } from "../../search_words.ts";

/**
 * A step ends after this many messages or characters of words,
 * whichever comes first: a few milliseconds of work.
 */
const MESSAGES_PER_STEP = 200;
const CHARS_PER_STEP = 32_768;
/**
 * Index pages that each step merges, so that a search reads few segments of the FTS5 index:
 * a fixed number, and one more for each `CHARS_PER_MERGED_PAGE` characters of words.
 */
const MERGED_PAGES = 24;
const CHARS_PER_MERGED_PAGE = 512;

/** `text` is null for changes and deleted messages, which are not searched. */
type Row = readonly [key: number, name: string, text: string | null, at: number, fileName: string | null];

/**
 * The full-text index. Messages are indexed later, in steps: indexing at once would cost three times as
 * much as storing.
 */
export class SearchIndex {
  readonly #rooms: RoomTable;
  readonly #next: Statement<Row>;
  readonly #time: Statement<readonly [at: number]>;
  readonly #insert: Statement;
  readonly #merge: Statement;
  readonly #delete: Statement;
  /** The newest time among each room's indexed messages. */
  readonly #newest = new WeakMap<RoomRecord, number>();

  constructor(database: DatabaseSync, rooms: RoomTable) {
    this.#rooms = rooms;
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#next = statement(
      `SELECT m.key, m.name, iif(m.kind IS NULL AND (m.changed IS NULL OR m.text <> ''), m.text, NULL), m.at, f.name
       FROM messages AS m LEFT JOIN files AS f ON f.message = m.key AND f.part = 0
       WHERE m.key > ? AND m.key < ? ORDER BY m.key LIMIT ?`,
    );
    this.#time = statement("SELECT at FROM messages WHERE key <= ? AND key > ? ORDER BY key DESC LIMIT 1");
    this.#insert = statement("INSERT INTO search (rowid, words, author, part) VALUES (?, ?, ?, ?)");
    this.#merge = statement("INSERT INTO search (search, rank) VALUES ('merge', ?)");
    this.#delete = statement("DELETE FROM search WHERE rowid >= ? AND rowid <= ?");
  }

  /** Indexes some messages of one room; false if all rooms are indexed. Call it inside a transaction. */
  indexSome(): boolean {
    for (const room of this.#rooms.all()) {
      if (room.indexed >= room.seq) continue;
      this.#indexRoom(room);
      return true;
    }
    return false;
  }

  #indexRoom(room: RoomRecord): void {
    const base = room.key * ROOM_STRIDE;
    const rows = this.#next.all(base + room.indexed, base + ROOM_STRIDE, MESSAGES_PER_STEP);
    let chars = 0;
    let done = 0;
    for (; done < rows.length && chars < CHARS_PER_STEP; done++) {
      const row = rows[done]!;
      chars += this.#insertRow(room, row);
      this.#checkOrder(room, row[3]);
    }
    room.indexed = done < MESSAGES_PER_STEP && done === rows.length ? room.seq : rows[done - 1]![0] - base;
    this.#rooms.saveIndexed(room);
    this.#merge.run(MERGED_PAGES + Math.floor(chars / CHARS_PER_MERGED_PAGE));
  }

  /**
   * Indexes one message whose seq is not above `indexed`, an imported or edited one, by its `messageWords`.
   * Call it inside a transaction.
   */
  insert(room: RoomRecord, seq: number, name: string, words: string): void {
    this.#insertWords(room, seq, name, words);
  }

  /** Returns the number of characters in the row's words. */
  #insertRow(room: RoomRecord, [key, name, text, , fileName]: Row): number {
    if (text === null) return 0;
    const words = messageWords(decodeText(text), fileName ?? undefined);
    this.#insertWords(room, key - room.key * ROOM_STRIDE, name, words);
    return words.length;
  }

  #insertWords(room: RoomRecord, seq: number, name: string, words: string): void {
    this.#insert.run(room.key * ROOM_STRIDE + seq, words, authorToken(name), partToken(room, partOf(seq)));
  }

  #checkOrder(room: RoomRecord, at: number): void {
    const newest = this.#newest.get(room) ?? this.#newestIndexedTime(room);
    if (at < newest - MAX_DISORDER_MS) room.inOrder = false;
    if (at > newest) this.#newest.set(room, at);
  }

  #newestIndexedTime(room: RoomRecord): number {
    const base = room.key * ROOM_STRIDE;
    return this.#time.first(base + room.indexed, base)?.[0] ?? -Infinity;
  }

  /** Removes messages from the index; both seqs are inclusive. */
  deleteRange(room: RoomRecord, fromSeq: number, throughSeq: number): void {
    const base = room.key * ROOM_STRIDE;
    this.#delete.run(base + fromSeq, base + Math.min(throughSeq, room.indexed));
  }
}

/** Clocks are sometimes set back. A room's times count as rising as long as they fall by no more than this. */
export const MAX_DISORDER_MS = 24 * 60 * 60 * 1_000;

/** Seqs in one part of a room. A lookup reads one part, which takes two milliseconds in the worst case. */
const SEQS_PER_PART = 4_096;

export function partOf(seq: number): number {
  return Math.floor(seq / SEQS_PER_PART);
}

/** A word of the index that only messages in this part of this room have. */
export function partToken({ key }: RoomRecord, part: number): string {
  return `p${key.toString(36)}x${part.toString(36)}`;
}

/**
 * An author's name as one word of the index: the code points
 * in hexadecimal, so that any name is a single token.
 */
export function authorToken(name: string): string {
  let token = "n";
  for (const char of authorKey(name)) token += char.codePointAt(0)!.toString(16).padStart(6, "0");
  return token;
}
