import type { DatabaseSync } from "node:sqlite";
import { MEMORY_OF_MEMBERS_MS } from "../../../protocol/limits.ts";
import type { AckEvent } from "../../../protocol/messages/messages.ts";
import { type Ack, AckTable } from "./ack_table.ts";
import { decodeText, toTimestamp } from "../tables/column_codec.ts";
import type { RoomTable, Seqs } from "../tables/room_table.ts";
import { ROOM_STRIDE } from "../tables/schema.ts";
import { Statement } from "../tables/statement.ts";

/** A flush of the buffer into the table begins after this many messages. */
export const FLUSH_AFTER_MESSAGES = 16_384;
/**
 * Acknowledgements that each batch flushes: at least `MIN_FLUSHED`, and `FLUSHED_PER_MESSAGE` for each of
 * its messages.
 */
const MIN_FLUSHED = 32;
const FLUSHED_PER_MESSAGE = 2;

/** A flush in progress. `acks` are sorted by the table's key; the first `done` of them are committed. */
interface Flush {
  readonly acks: readonly Ack[];
  readonly byPerson: AcksByPerson;
  /** The newest seq in each room whose acknowledgement this flush covers. */
  readonly seqs: Seqs;
  done: number;
}

type AcksByPerson = ReadonlyMap<number, ReadonlyMap<string, Ack>>;

/**
 * Acknowledgements by member and ref. Refs are random, so inserting each at once would touch pages all over the table and
 * cost three times as much as storing the message. They are buffered by the thousand instead and flushed in key order,
 * a few with each batch. The buffer needs no copy on disk: messages contain their refs, and `#restore` reads them.
 */
export class Acknowledgements {
  readonly #table: AckTable;
  readonly #rooms: RoomTable;
  readonly #unflushed: Statement<readonly [key: number, person: number, ref: string, id: string, at: number]>;
  /** Acknowledgements of the running transaction. */
  #staged: Ack[] = [];
  /** How many of the flush's acknowledgements are in the table once the running transaction commits. */
  #flushedTo = 0;
  #buffer = new Map<number, Map<string, Ack>>();
  /** Messages since the last flush began, with or without a ref. */
  #bufferedMessages = 0;
  #flush: Flush | undefined;

  constructor(database: DatabaseSync, rooms: RoomTable) {
    this.#rooms = rooms;
    this.#table = new AckTable(database);
    this.#unflushed = new Statement(
      database,
      "SELECT key, person, ref, id, at FROM messages WHERE key > ? AND key < ? AND ref IS NOT NULL ORDER BY key",
    );
    this.#restore();
  }

  /** True if some messages' acknowledgements are not in the table. */
  get pending(): boolean {
    return this.#bufferedMessages > 0 || this.#flush !== undefined;
  }

  /** Adds the acknowledgement of a message to a room. Call it inside the transaction of that message. */
  stage(ack: Ack): void {
    this.#staged.push(ack);
  }

  /**
   * Inserts the acknowledgement of a direct message at once,
   * since these are few. Call it inside a transaction.
   */
  insertDirect(ack: Ack): void {
    this.#table.insert([ack], true);
  }

  /**
   * Flushes some acknowledgements if a flush is due. `messages` counts those of the transaction. Call it
   * inside that.
   */
  flushIfDue(messages: number): void {
    if (this.#bufferedMessages >= FLUSH_AFTER_MESSAGES) this.#beginFlush();
    if (this.#flush !== undefined) this.flushSome(Math.max(MIN_FLUSHED, FLUSHED_PER_MESSAGE * messages));
  }

  /**
   * Flushes at most `count` acknowledgements and begins a flush
   * if none is in progress. Call it inside a transaction.
   */
  flushSome(count: number): void {
    this.#beginFlush();
    const flush = this.#flush!;
    this.#flushedTo = Math.min(flush.acks.length, flush.done + count);
    this.#table.insert(flush.acks.slice(flush.done, this.#flushedTo), flush.done === 0);
    if (this.#flushedTo === flush.acks.length) this.#rooms.saveAcked(flush.seqs);
  }

  /** Must be called after each committed transaction, with its number of messages to rooms. */
  committed(messages: number): void {
    for (const ack of this.#staged) this.#addToBuffer(ack);
    this.#staged = [];
    this.#bufferedMessages += messages;
    const flush = this.#flush;
    if (flush === undefined) return;
    flush.done = Math.max(flush.done, this.#flushedTo);
    if (this.#flushedTo < flush.acks.length) return;
    this.#rooms.setAcked(flush.seqs);
    this.#flush = undefined;
    this.#flushedTo = 0;
  }

  /** Must be called after each transaction that was rolled back. */
  rolledBack(): void {
    this.#staged = [];
    this.#flushedTo = this.#flush?.done ?? 0;
    this.#table.reload();
  }

  find(person: number, ref: string, now: number): AckEvent | undefined {
    const since = now - MEMORY_OF_MEMBERS_MS;
    const buffered = this.#buffer.get(person)?.get(ref) ?? this.#flush?.byPerson.get(person)?.get(ref);
    const ack = buffered ?? this.#table.find(person, ref, since);
    return ack !== undefined && ack.at > since ? toEvent(ack) : undefined;
  }

  /** Removes those of entries in this range of keys, exclusive. All must be in the table. Call it inside a transaction. */
  removeRange(after: number, before: number): void {
    for (const [, person, ref, id] of this.#unflushed.all(after, before)) {
      this.#table.remove({ person, ref: decodeText(ref), id });
    }
  }

  /** Removes some expired acknowledgements; false if none is left. Call it inside a transaction. */
  prune(now: number): boolean {
    return this.#table.prune(now - MEMORY_OF_MEMBERS_MS);
  }

  #addToBuffer(ack: Ack): void {
    let acks = this.#buffer.get(ack.person);
    if (acks === undefined) this.#buffer.set(ack.person, acks = new Map());
    // After a start they come in the order of rooms, not of times.
    const before = acks.get(ack.ref);
    if (before === undefined || before.at <= ack.at) acks.set(ack.ref, ack);
  }

  #beginFlush(): void {
    if (this.#flush !== undefined) return;
    const byPerson = this.#buffer;
    this.#flush = { acks: sortedByKey(byPerson), byPerson, seqs: this.#rooms.takeUnacked(), done: 0 };
    this.#buffer = new Map();
    this.#bufferedMessages = 0;
    this.#flushedTo = 0;
  }

  /** Refills the buffer from the messages whose acknowledgements an earlier process had not flushed. */
  #restore(): void {
    for (const room of this.#rooms.all()) {
      if (room.acked >= room.seq) continue;
      const base = room.key * ROOM_STRIDE;
      for (const [key, person, ref, id, at] of this.#unflushed.all(base + room.acked, base + ROOM_STRIDE)) {
        this.#addToBuffer({ person, ref: decodeText(ref), id, seq: key - base, at });
      }
      this.#bufferedMessages += room.seq - room.acked;
    }
  }
}

function toEvent({ ref, id, seq, at }: Ack): AckEvent {
  return { type: "ack", ref, id, ...(seq !== undefined && { seq }), at: toTimestamp(at) };
}

/** Sorted by the primary key of the table, so that a flush fills its pages from first to last. */
function sortedByKey(byPerson: AcksByPerson): Ack[] {
  const sorted: Ack[] = [];
  for (const person of [...byPerson.keys()].sort((a, b) => a - b)) {
    const acks = byPerson.get(person)!;
    for (const ref of [...acks.keys()].sort()) sorted.push(acks.get(ref)!);
  }
  return sorted;
}
