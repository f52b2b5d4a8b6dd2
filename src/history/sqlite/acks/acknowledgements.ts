import type { DatabaseSync } from "node:sqlite";
import { MEMORY_OF_MEMBERS_MS } from "../../../protocol/limits.ts";
import type { AckEvent } from "../../../protocol/messages/messages.ts";
import { type Ack, AckTable } from "./ack_table.ts";
import { toTimestamp, decodeText } from "../tables/column_codec.ts";
import type { RoomTable, Seqs } from "../tables/room_table.ts";
import { ROOM_STRIDE } from "../tables/schema.ts";
import { Statement } from "../tables/statement.ts";

/** After so many messages their acknowledgements begin to flush into the table. */
export const FLUSH_AFTER_MESSAGES = 16_384;
/** How many flush at once at least, and how many for each message that comes in meanwhile. */
const MIN_FLUSHED = 32;
const FLUSHED_PER_MESSAGE = 2;

/** Acknowledgements on their way into the table, in its order. */
interface Flush {
  readonly acks: readonly Ack[];
  readonly byPerson: AcksByPerson;
  /** Up to which seqs of the rooms they reach. */
  readonly seqs: Seqs;
  done: number;
}

type AcksByPerson = ReadonlyMap<number, ReadonlyMap<string, Ack>>;

/**
 * What members were answered. Their places in the table are scattered, which would cost three times what the message costs.
 * So they are gathered by the thousand and flush there in its order, some with each batch. Until then memory has them,
 * and after the end of the process the messages themselves, which hold their ref.
 */
export class Acknowledgements {
  readonly #table: AckTable;
  readonly #rooms: RoomTable;
  readonly #unflushed: Statement<readonly [key: number, person: number, ref: string, id: string, at: number]>;
  /** Of the transaction that runs: what it brings, and how far the flush comes. */
  #staged: Ack[] = [];
  #flushedTo = 0;
  #buffer = new Map<number, Map<string, Ack>>();
  /** Messages since gathering began, with a ref or without. */
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

  /** Whether there are messages whose acknowledgements are not in the table. */
  get pending(): boolean {
    return this.#bufferedMessages > 0 || this.#flush !== undefined;
  }

  /** Of a message to a room. Inside its transaction, as are the next two. */
  stage(ack: Ack): void {
    this.#staged.push(ack);
  }

  /** Of a direct message: these are few. */
  insertDirect(ack: Ack): void {
    this.#table.insert([ack], true);
  }

  /** Moves some, where it is time to. `messages` are those of the transaction. */
  flushIfDue(messages: number): void {
    if (this.#bufferedMessages >= FLUSH_AFTER_MESSAGES) this.#beginFlush();
    if (this.#flush !== undefined) this.flushSome(Math.max(MIN_FLUSHED, FLUSHED_PER_MESSAGE * messages));
  }

  /** Moves at most so many, or begins to. Inside a transaction. */
  flushSome(count: number): void {
    this.#beginFlush();
    const flush = this.#flush!;
    this.#flushedTo = Math.min(flush.acks.length, flush.done + count);
    this.#table.insert(flush.acks.slice(flush.done, this.#flushedTo), flush.done === 0);
    if (this.#flushedTo === flush.acks.length) this.#rooms.saveAcked(flush.seqs);
  }

  /** The transaction, with so many messages to rooms, happened. */
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

  /** The transaction did not happen. */
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

  /** Removes some of what is too old; false when nothing is left. Inside a transaction. */
  prune(now: number): boolean {
    return this.#table.prune(now - MEMORY_OF_MEMBERS_MS);
  }

  #addToBuffer(ack: Ack): void {
    let acks = this.#buffer.get(ack.person);
    if (acks === undefined) this.#buffer.set(ack.person, acks = new Map());
    acks.set(ack.ref, ack);
  }

  #beginFlush(): void {
    if (this.#flush !== undefined) return;
    const byPerson = this.#buffer;
    this.#flush = { acks: sortedByKey(byPerson), byPerson, seqs: this.#rooms.takeUnacked(), done: 0 };
    this.#buffer = new Map();
    this.#bufferedMessages = 0;
    this.#flushedTo = 0;
  }

  /** What the process before this one had in memory. */
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

/** In the order of the table. */
function sortedByKey(byPerson: AcksByPerson): Ack[] {
  const sorted: Ack[] = [];
  for (const person of [...byPerson.keys()].sort((a, b) => a - b)) {
    const acks = byPerson.get(person)!;
    for (const ref of [...acks.keys()].sort()) sorted.push(acks.get(ref)!);
  }
  return sorted;
}
