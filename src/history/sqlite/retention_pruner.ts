import type { RetentionInForce } from "./retention_floor.ts";
import type { RoomRecord } from "./tables/room_table.ts";
import type { HistoryTables } from "./history_tables.ts";

/** Seqs that one step deletes: a few milliseconds of work. */
const SEQS_PER_STEP = 200;

/** Deletes messages and changes beyond the retention, oldest first. */
export class RetentionPruner {
  readonly #retention: RetentionInForce;
  readonly #tables: HistoryTables;
  readonly #onPruned: ((messages: number) => void) | undefined;
  /** Entries deleted in this round. */
  #removed = 0;
  /** Names of the rooms that this round has not finished. */
  readonly #queue = new Set<string>();

  constructor(retention: RetentionInForce, tables: HistoryTables, onPruned?: (messages: number) => void) {
    this.#retention = retention;
    this.#tables = tables;
    this.#onPruned = onPruned;
  }

  /** Adds these rooms to the round. */
  visit(rooms: Iterable<string>): void {
    const { maxAgeMs, maxMessages } = this.#retention.current;
    if (maxAgeMs === undefined && maxMessages === undefined) return;
    for (const room of rooms) this.#queue.add(room);
  }

  /**
   * Prunes one room a little; false if the round is complete. Call it inside a transaction.
   * Entries are deleted only after their acknowledgements are in the table.
   */
  pruneSome(now: number): boolean {
    const [name] = this.#queue;
    if (name === undefined) return false;
    const room = this.#tables.rooms.get(name);
    if (room === undefined || !this.#prune(room, now)) this.#queue.delete(name);
    if (this.#queue.size > 0) return true;
    this.#report();
    return false;
  }

  #report(): void {
    if (this.#removed > 0) this.#onPruned?.(this.#removed);
    this.#removed = 0;
  }

  /** Deletes up to `SEQS_PER_STEP` seqs; true if the room may have more to delete. */
  #prune(room: RoomRecord, now: number): boolean {
    const oldest = this.#tables.messages.firstFrom(room, 1);
    if (oldest === undefined) return false;
    const through = Math.min(this.#lastExpired(room, oldest.seq, now), room.acked);
    if (through < oldest.seq) return false;
    this.#tables.searchIndex.deleteRange(room, oldest.seq, through);
    this.#tables.reactions.deleteRange(room, oldest.seq, through);
    this.#tables.files.deleteRange(room, oldest.seq, through);
    this.#removed += this.#tables.messages.deleteRange(room, oldest.seq, through);
    room.indexed = Math.max(room.indexed, through);
    this.#tables.rooms.saveIndexed(room);
    return true;
  }

  /** The last seq to delete in a step that begins at `oldest`. */
  #lastExpired(room: RoomRecord, oldest: number, now: number): number {
    const { maxMessages, maxAgeMs } = this.#retention.current;
    const last = Math.min(oldest + SEQS_PER_STEP - 1, room.seq);
    const byCount = maxMessages === undefined ? 0 : Math.min(last, room.seq - maxMessages);
    if (maxAgeMs === undefined || byCount === last) return byCount;
    return Math.max(byCount, this.#tables.messages.lastBefore(room, oldest, last, now - maxAgeMs));
  }
}
