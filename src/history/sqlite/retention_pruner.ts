import type { Retention } from "../store.ts";
import type { RoomRecord } from "./tables/room_table.ts";
import type { Tables } from "./history_tables.ts";

/** Seqs that one step removes: a few milliseconds of work. */
const STEP_SEQS = 200;

/** Removes messages that are not to be kept any longer, the oldest first. */
export class RetentionSteps {
  readonly #retention: Retention;
  readonly #tables: Tables;
  readonly #onPruned: ((messages: number) => void) | undefined;
  /** Messages removed in this round. */
  #removed = 0;
  /** Rooms that have their turn still before them in this round. */
  #queue: string[] = [];

  constructor(retention: Retention, tables: Tables, onPruned?: (messages: number) => void) {
    this.#retention = retention;
    this.#tables = tables;
    this.#onPruned = onPruned;
  }

  /** Begins a round: looks at every room again. */
  start(): void {
    if (this.#retention.maxAgeMs !== undefined || this.#retention.maxMessages !== undefined) {
      this.#queue = [...this.#tables.rooms.all().map((room) => room.name)];
    }
  }

  /** False when all rooms had their turn. Inside a transaction. Acknowledgements of what goes have to be in their table. */
  step(now: number): boolean {
    const name = this.#queue.at(-1);
    if (name === undefined) return false;
    const room = this.#tables.rooms.get(name);
    if (room === undefined || !this.#prune(room, now)) this.#queue.pop();
    if (this.#queue.length > 0) return true;
    this.#tell();
    return false;
  }

  #tell(): void {
    if (this.#removed > 0) this.#onPruned?.(this.#removed);
    this.#removed = 0;
  }

  /** True where the room may have more. */
  #prune(room: RoomRecord, now: number): boolean {
    const oldest = this.#tables.messages.firstFrom(room, 1);
    if (oldest === undefined) return false;
    const through = Math.min(this.#through(room, oldest.seq, now), room.acked);
    if (through < oldest.seq) return false;
    this.#tables.indexing.delete(room, oldest.seq, through);
    this.#tables.reactions.delete(room, oldest.seq, through);
    this.#removed += this.#tables.messages.delete(room, oldest.seq, through);
    room.indexed = Math.max(room.indexed, through);
    this.#tables.rooms.saveIndexed(room);
    return true;
  }

  /** The last seq to remove in a step that begins with `oldest`. */
  #through(room: RoomRecord, oldest: number, now: number): number {
    const { maxMessages, maxAgeMs } = this.#retention;
    const last = Math.min(oldest + STEP_SEQS - 1, room.seq);
    const byNumber = maxMessages === undefined ? 0 : Math.min(last, room.seq - maxMessages);
    if (maxAgeMs === undefined || byNumber === last) return byNumber;
    return Math.max(byNumber, this.#tables.messages.lastBefore(room, oldest, last, now - maxAgeMs));
  }
}
