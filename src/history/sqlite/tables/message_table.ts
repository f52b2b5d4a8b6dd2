import type { DatabaseSync } from "node:sqlite";
import { encodeText } from "./column_codec.ts";
import { NEW_COLUMNS, type NewRow, PLAIN_COLUMNS } from "./entry_rows.ts";
import type { RoomRecord } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statement.ts";

/** A row of `messages`: a message or a change. */
export type MessageRow = readonly [
  key: number,
  id: string,
  fromId: string,
  name: string,
  text: string,
  at: number,
  kind: number | null,
  target: number | null,
  changed: number | null,
  targetId: string | null,
  signed: string | null,
];

/** Whether the row is that of a deleted message. One without a text may have a file. */
export function isDeletedRow({ 4: text, 8: changed }: MessageRow): boolean {
  return text === "" && changed !== null;
}

/** The columns that a change writes into the row of its message. */
export interface NewText {
  readonly text: string;
  readonly signed: string | null;
  readonly changed: number;
}

/** The columns of a `MessageRow`, selected from `messages AS m JOIN people AS p`. */
export const MESSAGE_COLUMNS =
  "m.key, m.id, p.id, m.name, m.text, m.at, m.kind, m.target, m.changed, m.target_id, m.signed";

/**
 * Rows that one statement inserts, which takes a quarter less
 * time than one row each. More rows are no faster.
 */
const ROWS_AT_ONCE = 8;

const NULLS = Array<null>(NEW_COLUMNS.length - PLAIN_COLUMNS.length).fill(null);

/** Inserts rows that have values for the same columns. Fewer values take less time. */
class RowInsertion {
  readonly #one: Statement;
  readonly #some: Statement;

  constructor(database: DatabaseSync, columns: readonly string[]) {
    const places = `(${columns.map(() => "?").join()})`;
    const insert = `INSERT INTO messages (${columns.join()}) VALUES `;
    this.#one = new Statement(database, insert + places);
    this.#some = new Statement(database, insert + Array(ROWS_AT_ONCE).fill(places).join());
  }

  run(rows: readonly NewRow[]): void {
    const rest = rows.length % ROWS_AT_ONCE;
    for (let start = 0; start < rows.length - rest; start += ROWS_AT_ONCE) {
      this.#some.run(...rows.slice(start, start + ROWS_AT_ONCE).flat());
    }
    for (const row of rows.slice(rows.length - rest)) this.#one.run(...row);
  }
}

/** The messages and changes of all rooms, by room and seq. */
export class MessageTable {
  readonly #savePlain: RowInsertion;
  readonly #saveAny: RowInsertion;
  readonly #before: Statement<MessageRow>;
  readonly #allBefore: Statement<MessageRow>;
  readonly #allAfter: Statement<MessageRow>;
  readonly #change: Statement;
  readonly #idAt: Statement<readonly [id: string]>;
  readonly #keyOf: Statement<readonly [key: number]>;
  readonly #at: Statement<readonly [key: number, at: number]>;
  readonly #firstSince: Statement<readonly [key: number | null]>;
  readonly #nextSince: Statement<readonly [key: number, at: number]>;
  readonly #delete: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#savePlain = new RowInsertion(database, PLAIN_COLUMNS);
    this.#saveAny = new RowInsertion(database, NEW_COLUMNS);
    const kept = `SELECT ${MESSAGE_COLUMNS} FROM messages AS m JOIN people AS p ON p.person = m.person
       WHERE m.key > ? AND m.key < ? AND m.text IS NOT NULL`;
    this.#before = statement(`${kept} AND m.kind IS NULL ORDER BY m.key DESC LIMIT ?`);
    this.#allBefore = statement(`${kept} ORDER BY m.key DESC LIMIT ?`);
    this.#allAfter = statement(`${kept} ORDER BY m.key LIMIT ?`);
    this.#change = statement("UPDATE messages SET text = ?, changed = ?, signed = ? WHERE key = ?");
    this.#idAt = statement("SELECT id FROM messages WHERE key = ?");
    this.#keyOf = statement(
      "SELECT key FROM messages WHERE id = ? AND key > ? AND key < ? AND text IS NOT NULL LIMIT 1",
    );
    this.#at = statement("SELECT key, at FROM messages WHERE key >= ? AND key < ? ORDER BY key LIMIT 1");
    this.#firstSince = statement("SELECT min(key) FROM messages WHERE key >= ? AND key <= ? AND at >= ?");
    this.#nextSince = statement(
      "SELECT key, at FROM messages WHERE key > ? AND key < ? AND at >= ? ORDER BY key LIMIT 1",
    );
    this.#delete = statement("DELETE FROM messages WHERE key >= ? AND key <= ?");
  }

  insert(rows: readonly NewRow[]): void {
    const isPlain = rows.every((row) => row.length === PLAIN_COLUMNS.length);
    if (isPlain) this.#savePlain.run(rows);
    else this.#saveAny.run(rows.map((row) => row.length === PLAIN_COLUMNS.length ? [...row, ...NULLS] : row));
  }

  /**
   * Sets the text of a message and its signature, or deletes the message with an
   * empty text. `changed` is the seq of the change.
   */
  setText(room: RoomRecord, seq: number, { text, signed, changed }: NewText): void {
    this.#change.run(encodeText(text), changed, signed, room.key * ROOM_STRIDE + seq);
  }

  /** The message with this seq; `undefined` for a change, and for a message whose text is not kept. */
  at(room: RoomRecord, seq: number): MessageRow | undefined {
    return this.newest(room, seq - 1, seq + 1, 1)[0];
  }

  /** The newest `limit` messages with seqs between the two, both exclusive; newest first. */
  newest(room: RoomRecord, after: number, before: number, limit: number): MessageRow[] {
    const base = room.key * ROOM_STRIDE;
    return this.#before.all(base + after, base + Math.min(before, ROOM_STRIDE), limit);
  }

  /** Like `newest`, but with changes. */
  newestEntries(room: RoomRecord, after: number, before: number, limit: number): MessageRow[] {
    const base = room.key * ROOM_STRIDE;
    return this.#allBefore.all(base + after, base + Math.min(before, ROOM_STRIDE), limit);
  }

  /** The oldest `limit` messages and changes with a higher seq than `after`; oldest first. */
  oldestEntries(room: RoomRecord, after: number, limit: number): MessageRow[] {
    const base = room.key * ROOM_STRIDE;
    return this.#allAfter.all(base + after, base + ROOM_STRIDE, limit);
  }

  /** The id of the message or change with this seq. */
  idAt(room: RoomRecord, seq: number): string | undefined {
    return this.#idAt.first(room.key * ROOM_STRIDE + seq)?.[0];
  }

  /** The seq of the kept message or change with this id. */
  seqOf(room: RoomRecord, id: string): number | undefined {
    const base = room.key * ROOM_STRIDE;
    const key = this.#keyOf.first(id, base, base + ROOM_STRIDE)?.[0];
    return key === undefined ? undefined : key - base;
  }

  /** Seq and time of the first entry with a seq above `after` that is not older than `timeMs`. */
  firstSince(room: RoomRecord, after: number, timeMs: number): { seq: number; at: number } | undefined {
    const base = room.key * ROOM_STRIDE;
    const row = this.#nextSince.first(base + after, base + ROOM_STRIDE, timeMs);
    return row && { seq: row[0] - base, at: row[1] };
  }

  /** Seq and time of the first entry whose seq is at least `seq`. */
  firstFrom(room: RoomRecord, seq: number): { seq: number; at: number } | undefined {
    const base = room.key * ROOM_STRIDE;
    const row = this.#at.first(base + seq, base + ROOM_STRIDE);
    return row && { seq: row[0] - base, at: row[1] };
  }

  /**
   * The last seq before the first entry of the range that is not older than `timeMs`;
   * `throughSeq` if all entries are older.
   */
  lastBefore(room: RoomRecord, fromSeq: number, throughSeq: number, timeMs: number): number {
    const base = room.key * ROOM_STRIDE;
    const firstKept = this.#firstSince.first(base + fromSeq, base + throughSeq, timeMs)?.[0] ?? null;
    return firstKept === null ? throughSeq : firstKept - base - 1;
  }

  /** Deletes entries; both seqs are inclusive. Returns the number deleted. */
  deleteRange(room: RoomRecord, fromSeq: number, throughSeq: number): number {
    const base = room.key * ROOM_STRIDE;
    return this.#delete.change(base + fromSeq, base + throughSeq);
  }
}
