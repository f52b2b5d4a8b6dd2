import { isConversationName } from "../../protocol/conventions.ts";
import type { Retention } from "../store.ts";
import type { MessageTable } from "./tables/message_table.ts";
import type { RoomRecord, RoomTable } from "./tables/room_table.ts";

/** The retention that counts. In a cluster another one counts only from a place in the log on. */
export interface RetentionInForce {
  current: Retention;
}

/** Up to where a room was let go, and the time of the first entry after that. */
interface Floor {
  readonly seq: number;
  /** `undefined` if nothing follows. */
  readonly at: number | undefined;
}

/**
 * Which entries the retention has let go at a time, whether they are pruned or not. It never goes back: times and seqs only rise.
 * `RetentionPruner` deletes nothing else, so its deletions do not change the answers.
 */
export class RetentionFloor {
  readonly #retention: RetentionInForce;
  readonly #messages: MessageTable;
  readonly #rooms: RoomTable;
  #floors = new WeakMap<RoomRecord, Floor>();

  constructor(retention: RetentionInForce, messages: MessageTable, rooms: RoomTable) {
    this.#retention = retention;
    this.#messages = messages;
    this.#rooms = rooms;
  }

  /** Entries up to this seq are let go: those beyond the number, and after them all before the first that is young enough. */
  of(room: RoomRecord, now: number): number {
    const { maxMessages, maxAgeMs } = this.#retention.current;
    const byCount = maxMessages === undefined ? 0 : Math.max(0, room.seq - maxMessages);
    if (maxAgeMs === undefined) return byCount;
    const since = now - maxAgeMs;
    const known = this.#floors.get(room) ?? NOTHING;
    if (known.seq >= byCount && known.at !== undefined && known.at >= since) return known.seq;
    const first = this.#messages.firstSince(room, Math.max(byCount, known.seq), since);
    const floor = { seq: first === undefined ? room.seq : first.seq - 1, at: first?.at };
    this.#floors.set(room, floor);
    return floor.seq;
  }

  /** Must be called when another retention counts, after everything that the one before has let go was pruned. */
  reset(): void {
    this.#floors = new WeakMap();
  }

  /** The time of the oldest message that rooms keep, in milliseconds; `Infinity` without messages. */
  oldestMessageMs(now: number): number {
    let oldest = Infinity;
    for (const room of this.#rooms.all()) {
      if (isConversationName(room.name)) continue;
      oldest = Math.min(oldest, this.#messages.firstFrom(room, this.of(room, now) + 1)?.at ?? Infinity);
    }
    return oldest;
  }

  /** Whether a file of a message from this time is kept. */
  keepsFile(at: number, now: number): boolean {
    const { maxFileAgeMs } = this.#retention.current;
    return maxFileAgeMs === undefined || at >= now - maxFileAgeMs;
  }
}

const NOTHING: Floor = { seq: 0, at: undefined };
