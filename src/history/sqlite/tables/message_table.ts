import type { DatabaseSync } from "node:sqlite";
import type { RoomEntry } from "../../../protocol/messages/messages.ts";
import { pack, toMs } from "./column_codec.ts";
import type { RoomRecord } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import { Statement, type Value } from "./statement.ts";

/** A message, or the change of one, as its row has it. */
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
];

/** What a query has to select for a `MessageRow`, from `messages AS m JOIN people AS p`. */
export const MESSAGE_COLUMNS = "m.key, m.id, p.id, m.name, m.text, m.at, m.kind, m.target, m.changed";

/** What a row has beyond what all of them have. `text` is null where none is to be kept. */
export interface RowParts {
  readonly text: string | null;
  readonly kind?: number;
  readonly target?: number | undefined;
  readonly changed?: number | undefined;
}

/** A row to be saved. */
export type NewRow = readonly Value[];

export function newRow(
  room: RoomRecord,
  { id, seq, from, at }: RoomEntry,
  person: number,
  ref: string | undefined,
  parts: RowParts,
): NewRow {
  return [
    room.key * ROOM_STRIDE + seq,
    id,
    person,
    from.name,
    parts.text === null ? null : pack(parts.text),
    toMs(at),
    ref === undefined ? null : pack(ref),
    parts.kind ?? null,
    parts.target ?? null,
    parts.changed ?? null,
  ];
}

/** Rows of a batch that go in by one call, which saves a quarter of what they cost; more at once save no more. */
const ROWS_AT_ONCE = 8;
const PLACES = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/** Messages of rooms and their changes, by room and seq. */
export class MessageTable {
  readonly #saveOne: Statement;
  readonly #saveSome: Statement;
  readonly #before: Statement<MessageRow>;
  readonly #allBefore: Statement<MessageRow>;
  readonly #allAfter: Statement<MessageRow>;
  readonly #change: Statement;
  readonly #idAt: Statement<readonly [id: string]>;
  readonly #ids: Statement<readonly [key: number, id: string]>;
  readonly #at: Statement<readonly [key: number, at: number]>;
  readonly #firstYoung: Statement<readonly [key: number | null]>;
  readonly #delete: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    const insert = "INSERT INTO messages (key, id, person, name, text, at, ref, kind, target, changed) VALUES ";
    this.#saveOne = statement(insert + PLACES);
    this.#saveSome = statement(insert + Array(ROWS_AT_ONCE).fill(PLACES).join());
    const kept = `SELECT ${MESSAGE_COLUMNS} FROM messages AS m JOIN people AS p ON p.person = m.person
       WHERE m.key > ? AND m.key < ? AND m.text IS NOT NULL`;
    this.#before = statement(`${kept} AND m.kind IS NULL ORDER BY m.key DESC LIMIT ?`);
    this.#allBefore = statement(`${kept} ORDER BY m.key DESC LIMIT ?`);
    this.#allAfter = statement(`${kept} ORDER BY m.key LIMIT ?`);
    this.#change = statement("UPDATE messages SET text = ?, changed = ? WHERE key = ?");
    this.#idAt = statement("SELECT id FROM messages WHERE key = ?");
    this.#ids = statement("SELECT key, id FROM messages WHERE key > ? AND key < ?");
    this.#at = statement("SELECT key, at FROM messages WHERE key >= ? AND key < ? ORDER BY key LIMIT 1");
    this.#firstYoung = statement("SELECT min(key) FROM messages WHERE key >= ? AND key <= ? AND at >= ?");
    this.#delete = statement("DELETE FROM messages WHERE key >= ? AND key <= ?");
  }

  save(rows: readonly NewRow[]): void {
    const rest = rows.length % ROWS_AT_ONCE;
    for (let start = 0; start < rows.length - rest; start += ROWS_AT_ONCE) {
      this.#saveSome.run(...rows.slice(start, start + ROWS_AT_ONCE).flat());
    }
    for (const row of rows.slice(rows.length - rest)) this.#saveOne.run(...row);
  }

  /** The message has another text, or with an empty one is deleted, by the change with the seq `changed`. */
  change(room: RoomRecord, seq: number, text: string, changed: number): void {
    this.#change.run(pack(text), changed, room.key * ROOM_STRIDE + seq);
  }

  /** The message with this seq; undefined for a change, and where its text is not kept. */
  at(room: RoomRecord, seq: number): MessageRow | undefined {
    return this.newest(room, seq - 1, seq + 1, 1)[0];
  }

  /** The newest `limit` messages with seqs between the two, which are not among them; newest first. */
  newest(room: RoomRecord, after: number, before: number, limit: number): MessageRow[] {
    const base = room.key * ROOM_STRIDE;
    return this.#before.all(base + after, base + Math.min(before, ROOM_STRIDE), limit);
  }

  /** The same with changes. */
  newestEntries(room: RoomRecord, after: number, before: number, limit: number): MessageRow[] {
    const base = room.key * ROOM_STRIDE;
    return this.#allBefore.all(base + after, base + Math.min(before, ROOM_STRIDE), limit);
  }

  /** Messages one after another, newest first. */
  eachNewest(room: RoomRecord, after: number, before: number, limit: number): IterableIterator<MessageRow> {
    const base = room.key * ROOM_STRIDE;
    return this.#before.each(base + after, base + Math.min(before, ROOM_STRIDE), limit);
  }

  /** The first `limit` messages and changes behind a seq, oldest first. */
  oldestEntries(room: RoomRecord, after: number, limit: number): MessageRow[] {
    const base = room.key * ROOM_STRIDE;
    return this.#allAfter.all(base + after, base + ROOM_STRIDE, limit);
  }

  /** The id of the message with this seq. */
  idAt(room: RoomRecord, seq: number): string | undefined {
    return this.#idAt.first(room.key * ROOM_STRIDE + seq)?.[0];
  }

  /** The seqs of all that the room has, by id. */
  seqsById(room: RoomRecord): Map<string, number> {
    const base = room.key * ROOM_STRIDE;
    return new Map(this.#ids.all(base, base + ROOM_STRIDE).map(([key, id]) => [id, key - base]));
  }

  /** Seq and time of the first message at or behind `seq`. */
  firstFrom(room: RoomRecord, seq: number): { seq: number; at: number } | undefined {
    const base = room.key * ROOM_STRIDE;
    const row = this.#at.first(base + seq, base + ROOM_STRIDE);
    return row && { seq: row[0] - base, at: row[1] };
  }

  /** The last seq from `fromSeq` to `throughSeq` up to which all messages are from before the time; one less than `fromSeq` where none is. */
  lastBefore(room: RoomRecord, fromSeq: number, throughSeq: number, timeMs: number): number {
    const base = room.key * ROOM_STRIDE;
    const young = this.#firstYoung.first(base + fromSeq, base + throughSeq, timeMs)?.[0] ?? null;
    return young === null ? throughSeq : young - base - 1;
  }

  /** Both seqs are among those deleted. Returns how many messages there were. */
  delete(room: RoomRecord, fromSeq: number, throughSeq: number): number {
    const base = room.key * ROOM_STRIDE;
    return this.#delete.change(base + fromSeq, base + throughSeq);
  }
}
