/** What of each room the reader has not looked at yet, and what of it waits to be shown. */

import { MAX_HELD_MESSAGES, MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import type { RoomEntry } from "../../protocol/messages/messages.ts";

/** Numbers of messages; those that call the reader are among the others. */
export interface Unread {
  readonly count: number;
  readonly calls: number;
}

export interface Held extends Unread {
  /** Oldest first. */
  readonly entries: readonly RoomEntry[];
  /** Whether there were more than could be held. */
  readonly cut: boolean;
  /** The seq of the oldest that was noted. */
  readonly first?: number;
}

const NOTHING: Held = { count: 0, calls: 0, entries: [], cut: false };

export class UnreadRooms {
  /** At most as many as a member can be in, for a server could make up more. The one that was noted first goes first. */
  readonly #rooms = new Map<string, Held>();
  #looking = true;
  /** Whether something came while the reader looked away. */
  #missed = false;

  /** Whether the reader looks at the window, as far as the terminal tells. */
  get looking(): boolean {
    return this.#looking;
  }

  of(room: string): Unread {
    return this.#rooms.get(room) ?? NOTHING;
  }

  /** Of all rooms. */
  get total(): Unread {
    const all = [...this.#rooms.values()];
    return { count: sum(all.map(({ count }) => count)), calls: sum(all.map(({ calls }) => calls)) };
  }

  /** Counts a message; one that is not shown now is held, too. Changes, and what is of the reader, are held only. Returns the seq of the first since. */
  note(entry: RoomEntry, how: { counts: boolean; calls: boolean; hold: boolean }): number {
    const before = this.#rooms.get(entry.room) ?? NOTHING;
    const entries = how.hold ? [...before.entries, entry].slice(-MAX_HELD_MESSAGES) : before.entries;
    const first = before.first ?? entry.seq;
    if (before === NOTHING && this.#rooms.size >= MAX_ROOMS_PER_MEMBER) {
      this.#rooms.delete(this.#rooms.keys().next().value!);
    }
    this.#rooms.set(entry.room, {
      first,
      count: before.count + (how.counts ? 1 : 0),
      calls: before.calls + (how.calls ? 1 : 0),
      entries,
      cut: before.cut || (how.hold && before.entries.length === MAX_HELD_MESSAGES),
    });
    return first;
  }

  /** What was held: it is up to the caller to show it. The room counts as read. */
  open(room: string): Held {
    const held = this.#rooms.get(room) ?? NOTHING;
    this.#rooms.delete(room);
    return held;
  }

  /** Where one ends that the reader has left, or another server begins. */
  forget(room?: string): void {
    if (room === undefined) this.#rooms.clear();
    else this.#rooms.delete(room);
  }

  look(looking: boolean): void {
    this.#looking = looking;
    this.#missed = false;
  }

  /** True for the first time that something is shown since the reader looked away. */
  firstMissed(): boolean {
    if (this.#looking || this.#missed) return false;
    return this.#missed = true;
  }
}

/** `3 new, 1 for you`; empty for nothing. */
export function unreadText({ count, calls }: Unread): string {
  if (count === 0) return "";
  return calls === 0 ? `${count} new` : `${count} new, ${calls} for you`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
