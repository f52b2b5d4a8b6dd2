import type { DatabaseSync } from "node:sqlite";
import { MEMORY_OF_MEMBERS_MS } from "../protocol/limits.ts";
import type { AckEvent } from "../protocol/messages.ts";
import { pack, toTimestamp, unpack } from "./packing.ts";
import type { RoomTable } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statements.ts";

/** So many wait in memory before they go into their table together. */
export const FLUSH_ACKS = 4_096;
/** Acknowledgements looked at in one step of `prune`. */
const STEP_ACKS = 1_000;

export interface Ack {
  readonly person: number;
  readonly ref: string;
  readonly id: string;
  readonly seq: number | undefined;
  readonly at: number;
}

type AckRow = readonly [ref: string, id: string, seq: number | null, at: number];

/**
 * What members were answered, by (member, ref). Their places in that table are scattered, so that each would cost a page of the log:
 * three times what the message itself costs. So they go there by the thousand, in its order. Until then memory has them, and after
 * the end of the process the messages themselves, which hold their ref.
 */
export class Acknowledgements {
  readonly #rooms: RoomTable;
  /** Of the transaction that runs. */
  #noted: Ack[] = [];
  /** Not in the table yet. */
  readonly #pending = new Map<number, Map<string, Ack>>();
  #messagesSinceFlush = 0;
  #cursor: readonly [person: number, ref: string] = [-1, ""];
  readonly #save: Statement;
  readonly #find: Statement<AckRow>;
  readonly #newest: Statement<AckRow>;
  readonly #unsaved: Statement<readonly [key: number, person: number, ref: string, id: string, at: number]>;
  readonly #stepEnd: Statement<readonly [person: number, ref: string]>;
  readonly #pruneStep: Statement;
  readonly #pruneRest: Statement;

  constructor(database: DatabaseSync, rooms: RoomTable) {
    this.#rooms = rooms;
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#save = statement("INSERT OR REPLACE INTO acks (person, ref, id, seq, at) VALUES (?, ?, ?, ?, ?)");
    this.#find = statement("SELECT ref, id, seq, at FROM acks WHERE person = ? AND ref = ? AND at > ?");
    this.#newest = statement(
      "SELECT ref, id, seq, at FROM acks WHERE person = ? AND at > ? ORDER BY at DESC, id DESC LIMIT ?",
    );
    this.#unsaved = statement(
      "SELECT key, person, ref, id, at FROM messages WHERE key > ? AND key < ? AND ref IS NOT NULL ORDER BY key",
    );
    this.#stepEnd = statement(
      `SELECT person, ref FROM acks WHERE (person, ref) > (?, ?) ORDER BY person, ref LIMIT 1 OFFSET ${STEP_ACKS - 1}`,
    );
    this.#pruneStep = statement(
      "DELETE FROM acks WHERE (person, ref) > (?, ?) AND (person, ref) <= (?, ?) AND at <= ?",
    );
    this.#pruneRest = statement("DELETE FROM acks WHERE (person, ref) > (?, ?) AND at <= ?");
    this.#restore();
  }

  /** Messages whose acknowledgements, if they have one, are not in the table. */
  get waiting(): number {
    return this.#messagesSinceFlush;
  }

  /** Of a message to a room, inside its transaction. */
  note(ack: Ack): void {
    this.#noted.push(ack);
  }

  /** Of a direct message, inside its transaction: these are few. */
  save({ person, ref, id, seq, at }: Ack): void {
    this.#save.run(person, pack(ref), id, seq ?? null, at);
  }

  /** The transaction, with so many messages to rooms, happened. */
  settle(messages: number): void {
    for (const ack of this.#noted) this.#wait(ack);
    this.#noted = [];
    this.#messagesSinceFlush += messages;
  }

  /** The transaction did not happen. */
  discard(): void {
    this.#noted = [];
  }

  find(person: number, ref: string, now: number): AckEvent | undefined {
    const since = now - MEMORY_OF_MEMBERS_MS;
    const pending = this.#pending.get(person)?.get(ref);
    if (pending !== undefined) return pending.at > since ? fromAck(pending) : undefined;
    const row = this.#find.first(person, pack(ref), since);
    return row && fromAck(toAck(person, row));
  }

  newest(person: number, limit: number, now: number): AckEvent[] {
    const since = now - MEMORY_OF_MEMBERS_MS;
    const pending = this.#pending.get(person) ?? new Map<string, Ack>();
    const saved = this.#newest.all(person, since, limit).map((row) => toAck(person, row));
    return [...saved.filter((ack) => !pending.has(ack.ref)), ...pending.values().filter((ack) => ack.at > since)]
      .sort(byTime).slice(-limit).map(fromAck);
  }

  /** Moves what waits into the table, inside a transaction. Call `flushed` once that has happened. */
  flush(): void {
    for (const person of [...this.#pending.keys()].sort((a, b) => a - b)) {
      const acks = [...this.#pending.get(person)!.values()];
      for (const ack of acks.sort((a, b) => a.ref < b.ref ? -1 : 1)) this.save(ack);
    }
    this.#rooms.saveAcked();
  }

  flushed(): void {
    this.#pending.clear();
    this.#messagesSinceFlush = 0;
    this.#rooms.ackedSaved();
  }

  /** Removes what is too old among some; false when all had a turn. */
  prune(now: number): boolean {
    const before = now - MEMORY_OF_MEMBERS_MS;
    const end = this.#stepEnd.first(...this.#cursor);
    if (end === undefined) {
      this.#pruneRest.run(...this.#cursor, before);
      this.#cursor = [-1, ""];
      return false;
    }
    this.#pruneStep.run(...this.#cursor, ...end, before);
    this.#cursor = end;
    return true;
  }

  #wait(ack: Ack): void {
    let acks = this.#pending.get(ack.person);
    if (acks === undefined) this.#pending.set(ack.person, acks = new Map());
    acks.set(ack.ref, ack);
  }

  /** What the process before this one had in memory: at most `FLUSH_ACKS` and a batch. */
  #restore(): void {
    for (const room of this.#rooms.all()) {
      if (room.acked >= room.seq) continue;
      this.#messagesSinceFlush += room.seq - room.acked;
      const base = room.key * ROOM_STRIDE;
      for (const [key, person, ref, id, at] of this.#unsaved.all(base + room.acked, base + ROOM_STRIDE)) {
        this.#wait({ person, ref: unpack(ref), id, seq: key - base, at });
      }
    }
  }
}

function toAck(person: number, [ref, id, seq, at]: AckRow): Ack {
  return { person, ref: unpack(ref), id, seq: seq ?? undefined, at };
}

function fromAck({ ref, id, seq, at }: Ack): AckEvent {
  return { type: "ack", ref, id, ...(seq !== undefined && { seq }), at: toTimestamp(at) };
}

function byTime(a: Ack, b: Ack): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}
