import type { DatabaseSync } from "node:sqlite";
import type { RoomMessage } from "../protocol/messages.ts";
import { pack, toMs, toTimestamp, unpack } from "./packing.ts";
import type { Room } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statements.ts";

/** A message as its row has it. */
export type MessageRow = readonly [
  key: number,
  id: string,
  fromId: string,
  name: string,
  text: string,
  at: number,
];

/** What a query has to select for `toMessage`, from `messages AS m JOIN people AS p`. */
export const MESSAGE_COLUMNS = "m.key, m.id, p.id, m.name, m.text, m.at";

/** Messages of rooms, by room and seq. */
export class Messages {
  readonly #save: Statement;
  readonly #before: Statement<MessageRow>;
  readonly #after: Statement<MessageRow>;
  readonly #idAt: Statement<readonly [id: string]>;
  readonly #ids: Statement<readonly [id: string]>;
  readonly #at: Statement<readonly [key: number, at: number]>;
  readonly #firstYoung: Statement<readonly [key: number | null]>;
  readonly #delete: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#save = statement("INSERT INTO messages (key, id, person, name, text, at, ref) VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#before = statement(
      `SELECT ${MESSAGE_COLUMNS} FROM messages AS m JOIN people AS p ON p.person = m.person
       WHERE m.key > ? AND m.key < ? AND m.text IS NOT NULL ORDER BY m.key DESC LIMIT ?`,
    );
    this.#after = statement(
      `SELECT ${MESSAGE_COLUMNS} FROM messages AS m JOIN people AS p ON p.person = m.person
       WHERE m.key > ? AND m.key < ? AND m.text IS NOT NULL ORDER BY m.key LIMIT ?`,
    );
    this.#idAt = statement("SELECT id FROM messages WHERE key = ?");
    this.#ids = statement("SELECT id FROM messages WHERE key > ? AND key < ?");
    this.#at = statement("SELECT key, at FROM messages WHERE key >= ? AND key < ? ORDER BY key LIMIT 1");
    this.#firstYoung = statement("SELECT min(key) FROM messages WHERE key >= ? AND key <= ? AND at >= ?");
    this.#delete = statement("DELETE FROM messages WHERE key >= ? AND key <= ?");
  }

  /** Without text where the room remembers nothing. */
  save(room: Room, message: RoomMessage, person: number, ref: string | undefined, withText: boolean): void {
    this.#save.run(
      room.key * ROOM_STRIDE + message.seq,
      message.id,
      person,
      message.from.name,
      withText ? pack(message.text) : null,
      toMs(message.at),
      ref === undefined ? null : pack(ref),
    );
  }

  /** The newest `limit` with seqs between the two, which are not among them; newest first. */
  newest(room: Room, after: number, before: number, limit: number): MessageRow[] {
    const base = room.key * ROOM_STRIDE;
    return this.#before.all(base + after, base + Math.min(before, ROOM_STRIDE), limit);
  }

  /** One after another, newest first. */
  eachNewest(room: Room, after: number, before: number, limit: number): IterableIterator<MessageRow> {
    const base = room.key * ROOM_STRIDE;
    return this.#before.each(base + after, base + Math.min(before, ROOM_STRIDE), limit);
  }

  /** The first `limit` behind a seq, oldest first. */
  oldest(room: Room, after: number, limit: number): MessageRow[] {
    const base = room.key * ROOM_STRIDE;
    return this.#after.all(base + after, base + ROOM_STRIDE, limit);
  }

  /** The id of the message with this seq. */
  idAt(room: Room, seq: number): string | undefined {
    return this.#idAt.first(room.key * ROOM_STRIDE + seq)?.[0];
  }

  /** The ids of all messages of the room. */
  ids(room: Room): Set<string> {
    const base = room.key * ROOM_STRIDE;
    return new Set(this.#ids.all(base, base + ROOM_STRIDE).map(([id]) => id));
  }

  /** Seq and time of the first message at or behind `seq`. */
  firstFrom(room: Room, seq: number): { seq: number; at: number } | undefined {
    const base = room.key * ROOM_STRIDE;
    const row = this.#at.first(base + seq, base + ROOM_STRIDE);
    return row && { seq: row[0] - base, at: row[1] };
  }

  /** The last seq from `fromSeq` to `throughSeq` up to which all messages are from before the time; one less than `fromSeq` where none is. */
  lastBefore(room: Room, fromSeq: number, throughSeq: number, timeMs: number): number {
    const base = room.key * ROOM_STRIDE;
    const young = this.#firstYoung.first(base + fromSeq, base + throughSeq, timeMs)?.[0] ?? null;
    return young === null ? throughSeq : young - base - 1;
  }

  /** Both seqs are among those deleted. Returns how many messages there were. */
  delete(room: Room, fromSeq: number, throughSeq: number): number {
    const base = room.key * ROOM_STRIDE;
    return this.#delete.change(base + fromSeq, base + throughSeq);
  }
}

export function toMessage(room: Room, [key, id, fromId, name, text, at]: MessageRow): RoomMessage {
  return {
    type: "message",
    id,
    room: room.name,
    seq: key - room.key * ROOM_STRIDE,
    from: { id: fromId, name },
    text: unpack(text),
    at: toTimestamp(at),
  };
}
