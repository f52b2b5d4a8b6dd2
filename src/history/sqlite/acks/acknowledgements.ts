import type { DatabaseSync } from "node:sqlite";
import { MEMORY_OF_MEMBERS_MS } from "../../../protocol/limits.ts";
import type { AckEvent } from "../../../protocol/messages/messages.ts";
import { type Ack, AckTable } from "./ack_table.ts";
import { toTimestamp, unpack } from "../tables/column_codec.ts";
import type { RoomTable, Seqs } from "../tables/room_table.ts";
import { ROOM_STRIDE } from "../tables/schema.ts";
import { Statement } from "../tables/statement.ts";

/** After so many messages their acknowledgements begin to move into the table. */
export const MOVE_AFTER_MESSAGES = 16_384;
/** How many move at once at least, and how many for each message that comes in meanwhile. */
const MIN_MOVED = 32;
const MOVED_PER_MESSAGE = 2;

/** Acknowledgements on their way into the table, in its order. */
interface Move {
  readonly acks: readonly Ack[];
  readonly byPerson: AcksByPerson;
  /** Up to which seqs of the rooms they reach. */
  readonly seqs: Seqs;
  done: number;
}

type AcksByPerson = ReadonlyMap<number, ReadonlyMap<string, Ack>>;

/**
 * What members were answered. Their places in the table are scattered, which would cost three times what the message costs.
 * So they are gathered by the thousand and move there in its order, some with each batch. Until then memory has them,
 * and after the end of the process the messages themselves, which hold their ref.
 */
export class Acknowledgements {
  readonly #table: AckTable;
  readonly #rooms: RoomTable;
  readonly #unsaved: Statement<readonly [key: number, person: number, ref: string, id: string, at: number]>;
  /** Of the transaction that runs: what it brings, and how far the move comes. */
  #noted: Ack[] = [];
  #moving = 0;
  #gathered = new Map<number, Map<string, Ack>>();
  /** Messages since gathering began, with a ref or without. */
  #messages = 0;
  #move: Move | undefined;

  constructor(database: DatabaseSync, rooms: RoomTable) {
    this.#rooms = rooms;
    this.#table = new AckTable(database);
    this.#unsaved = new Statement(
      database,
      "SELECT key, person, ref, id, at FROM messages WHERE key > ? AND key < ? AND ref IS NOT NULL ORDER BY key",
    );
    this.#restore();
  }

  /** Whether there are messages whose acknowledgements are not in the table. */
  get waiting(): boolean {
    return this.#messages > 0 || this.#move !== undefined;
  }

  /** Of a message to a room. Inside its transaction, as are the next two. */
  note(ack: Ack): void {
    this.#noted.push(ack);
  }

  /** Of a direct message: these are few. */
  save(ack: Ack): void {
    this.#table.save([ack], true);
  }

  /** Moves some, where it is time to. `messages` are those of the transaction. */
  moveAlong(messages: number): void {
    if (this.#messages >= MOVE_AFTER_MESSAGES) this.#beginMove();
    if (this.#move !== undefined) this.moveSome(Math.max(MIN_MOVED, MOVED_PER_MESSAGE * messages));
  }

  /** Moves at most so many, or begins to. Inside a transaction. */
  moveSome(count: number): void {
    this.#beginMove();
    const move = this.#move!;
    this.#moving = Math.min(move.acks.length, move.done + count);
    this.#table.save(move.acks.slice(move.done, this.#moving), move.done === 0);
    if (this.#moving === move.acks.length) this.#rooms.saveAcked(move.seqs);
  }

  /** The transaction, with so many messages to rooms, happened. */
  settle(messages: number): void {
    for (const ack of this.#noted) this.#gather(ack);
    this.#noted = [];
    this.#messages += messages;
    const move = this.#move;
    if (move === undefined) return;
    move.done = Math.max(move.done, this.#moving);
    if (this.#moving < move.acks.length) return;
    this.#rooms.noteAcked(move.seqs);
    this.#move = undefined;
    this.#moving = 0;
  }

  /** The transaction did not happen. */
  discard(): void {
    this.#noted = [];
    this.#moving = this.#move?.done ?? 0;
    this.#table.reload();
  }

  find(person: number, ref: string, now: number): AckEvent | undefined {
    const since = now - MEMORY_OF_MEMBERS_MS;
    const held = this.#gathered.get(person)?.get(ref) ?? this.#move?.byPerson.get(person)?.get(ref);
    const ack = held ?? this.#table.find(person, ref, since);
    return ack !== undefined && ack.at > since ? toEvent(ack) : undefined;
  }

  /** Removes some of what is too old; false when nothing is left. Inside a transaction. */
  prune(now: number): boolean {
    return this.#table.prune(now - MEMORY_OF_MEMBERS_MS);
  }

  #gather(ack: Ack): void {
    let acks = this.#gathered.get(ack.person);
    if (acks === undefined) this.#gathered.set(ack.person, acks = new Map());
    acks.set(ack.ref, ack);
  }

  #beginMove(): void {
    if (this.#move !== undefined) return;
    const byPerson = this.#gathered;
    this.#move = { acks: inOrder(byPerson), byPerson, seqs: this.#rooms.takeUnacked(), done: 0 };
    this.#gathered = new Map();
    this.#messages = 0;
    this.#moving = 0;
  }

  /** What the process before this one had in memory. */
  #restore(): void {
    for (const room of this.#rooms.all()) {
      if (room.acked >= room.seq) continue;
      const base = room.key * ROOM_STRIDE;
      for (const [key, person, ref, id, at] of this.#unsaved.all(base + room.acked, base + ROOM_STRIDE)) {
        this.#gather({ person, ref: unpack(ref), id, seq: key - base, at });
      }
      this.#messages += room.seq - room.acked;
    }
  }
}

function toEvent({ ref, id, seq, at }: Ack): AckEvent {
  return { type: "ack", ref, id, ...(seq !== undefined && { seq }), at: toTimestamp(at) };
}

/** In the order of the table. */
function inOrder(byPerson: AcksByPerson): Ack[] {
  const sorted: Ack[] = [];
  for (const person of [...byPerson.keys()].sort((a, b) => a - b)) {
    const acks = byPerson.get(person)!;
    for (const ref of [...acks.keys()].sort()) sorted.push(acks.get(ref)!);
  }
  return sorted;
}
