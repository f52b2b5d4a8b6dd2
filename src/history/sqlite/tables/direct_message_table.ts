import type { DatabaseSync } from "node:sqlite";
import { DIRECT_WAIT_MS, MAX_WAITING_DIRECT } from "../../../protocol/limits.ts";
import type { DirectMessage } from "../../../protocol/messages/messages.ts";
import { decodeSignature, decodeText, encodeSignature, encodeText, toMs, toTimestamp } from "./column_codec.ts";
import type { PeopleTable } from "./people_table.ts";
import { Statement } from "./statement.ts";

type DirectRow = readonly [
  id: string,
  toId: string,
  toName: string,
  fromId: string,
  fromName: string,
  text: string,
  at: number,
  signed: string | null,
];

/** Direct messages in the order in which they were stored, until their receiver confirms them or `DIRECT_WAIT_MS` have passed. */
export class DirectMessageTable {
  readonly #people: PeopleTable;
  /** The key of the receiver that `prune` visited last. */
  #cursor = -1;
  readonly #save: Statement;
  readonly #confirm: Statement;
  readonly #waiting: Statement<DirectRow>;
  readonly #next: Statement<readonly [receiver: number]>;
  readonly #firstKept: Statement<readonly [nth: number]>;
  readonly #dropOld: Statement;

  constructor(database: DatabaseSync, people: PeopleTable) {
    this.#people = people;
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#save = statement(
      `INSERT INTO directs (receiver, id, receiver_name, sender, sender_name, text, at, signed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#confirm = statement(
      `DELETE FROM directs WHERE receiver = ?1
       AND nth <= (SELECT max(nth) FROM directs WHERE receiver = ?1 AND id = ?2)`,
    );
    this.#waiting = statement(
      `SELECT d.id, r.id, d.receiver_name, s.id, d.sender_name, d.text, d.at, d.signed FROM directs AS d
       JOIN people AS r ON r.person = d.receiver JOIN people AS s ON s.person = d.sender
       WHERE d.receiver = ? AND d.at > ? ORDER BY d.nth DESC LIMIT ?`,
    );
    this.#next = statement("SELECT receiver FROM directs WHERE receiver > ? ORDER BY receiver LIMIT 1");
    this.#firstKept = statement("SELECT nth FROM directs WHERE receiver = ? ORDER BY nth DESC LIMIT 1 OFFSET ?");
    this.#dropOld = statement("DELETE FROM directs WHERE receiver = ? AND (at <= ? OR nth < ?)");
  }

  /** Inserts a direct message and returns the key of its sender. */
  insert(message: DirectMessage): number {
    const { id, to, from, text, at } = message;
    const sender = this.#people.keyFor(from.id);
    const receiver = this.#people.keyFor(to.id);
    this.#save.run(receiver, id, to.name, sender, from.name, encodeText(text), toMs(at), encodeSignature(message));
    return sender;
  }

  deleteConfirmed(memberId: string, throughId: string): void {
    this.#confirm.run(this.#people.keyFor(memberId), throughId);
  }

  unconfirmed(memberId: string, limit: number, now: number): DirectMessage[] {
    const receiver = this.#people.findKey(memberId);
    if (receiver === undefined) return [];
    return this.#waiting.all(receiver, now - DIRECT_WAIT_MS, limit).map(toDirect).reverse();
  }

  /** Deletes expired or excess messages of the next receiver; false after the last receiver. */
  prune(now: number): boolean {
    const receiver = this.#next.first(this.#cursor)?.[0];
    this.#cursor = receiver ?? -1;
    if (receiver === undefined) return false;
    const firstKept = this.#firstKept.first(receiver, MAX_WAITING_DIRECT - 1)?.[0] ?? 0;
    this.#dropOld.run(receiver, now - DIRECT_WAIT_MS, firstKept);
    return true;
  }
}

function toDirect([id, toId, toName, fromId, fromName, text, at, signed]: DirectRow): DirectMessage {
  return {
    type: "message",
    id,
    to: { id: toId, name: toName },
    from: { id: fromId, name: fromName },
    text: decodeText(text),
    at: toTimestamp(at),
    ...signed !== null && decodeSignature(signed),
  };
}
