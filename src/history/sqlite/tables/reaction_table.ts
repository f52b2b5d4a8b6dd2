import type { DatabaseSync } from "node:sqlite";
import type { Reaction } from "../../../protocol/messages/messages.ts";
import type { RoomRecord } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statement.ts";

/** Reactions: which member reacted to which message with which emoji. */
export class ReactionTable {
  readonly #add: Statement;
  readonly #remove: Statement;
  readonly #delete: Statement;
  readonly #has: Statement<readonly [1]>;
  readonly #count: Statement<readonly [count: number]>;
  readonly #counts: Statement<readonly [message: number, emoji: string, count: number]>;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    const one = "message = ? AND emoji = ? AND person = ?";
    const some = "message >= ? AND message <= ?";
    this.#add = statement("INSERT OR IGNORE INTO reactions (message, emoji, person, seq) VALUES (?, ?, ?, ?)");
    this.#remove = statement(`DELETE FROM reactions WHERE ${one}`);
    this.#delete = statement(`DELETE FROM reactions WHERE ${some}`);
    this.#has = statement(`SELECT 1 FROM reactions WHERE ${one}`);
    this.#count = statement("SELECT count(*) FROM reactions WHERE message = ? AND emoji = ?");
    this.#counts = statement(
      `SELECT message, emoji, count(*) FROM reactions WHERE ${some} GROUP BY message, emoji ORDER BY message, min(seq)`,
    );
  }

  /** `seq` is the seq of the message, `changeSeq` that of the reaction. */
  add(room: RoomRecord, seq: number, emoji: string, person: number, changeSeq: number): void {
    this.#add.run(keyOf(room, seq), emoji, person, changeSeq);
  }

  remove(room: RoomRecord, seq: number, emoji: string, person: number): void {
    this.#remove.run(keyOf(room, seq), emoji, person);
  }

  /** Deletes all reactions to these messages; both seqs are inclusive. */
  deleteRange(room: RoomRecord, fromSeq: number, throughSeq: number): void {
    this.#delete.run(keyOf(room, fromSeq), keyOf(room, throughSeq));
  }

  has(room: RoomRecord, seq: number, emoji: string, person: number): boolean {
    return this.#has.first(keyOf(room, seq), emoji, person) !== undefined;
  }

  count(room: RoomRecord, seq: number, emoji: string): number {
    return this.#count.first(keyOf(room, seq), emoji)![0];
  }

  /** Reactions by the seq of the message, in the order of their first use; both seqs are inclusive. */
  inRange(room: RoomRecord, fromSeq: number, throughSeq: number): Map<number, Reaction[]> {
    const found = new Map<number, Reaction[]>();
    for (const [key, emoji, count] of this.#counts.all(keyOf(room, fromSeq), keyOf(room, throughSeq))) {
      const seq = key - room.key * ROOM_STRIDE;
      const reactions = found.get(seq);
      if (reactions === undefined) found.set(seq, [{ emoji, count }]);
      else reactions.push({ emoji, count });
    }
    return found;
  }
}

function keyOf(room: RoomRecord, seq: number): number {
  return room.key * ROOM_STRIDE + seq;
}
