/** Unread messages of each room: their counts, the messages held back, and how the prompt and the title show them. */

import { counted } from "../../presentation/sentences/markup.ts";
import { MAX_HELD_MESSAGES, MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import type { RoomEntry } from "../../protocol/messages/messages.ts";
import { roomName } from "../render/line_style.ts";

export interface Unread {
  /** Number of messages, including the mentions. */
  readonly count: number;
  /** Number of messages with the user's name or a keyword. */
  readonly mentions: number;
}

/** A room with unread messages. */
export interface Activity extends Unread {
  readonly name: string;
  /** The room's number in `/room`, and the digit of its key: Alt-1 and so on. */
  readonly number: number;
}

/** The unread messages of a room, with those that are not on the screen yet. */
export interface Held extends Unread {
  /** Oldest first, at most `MAX_HELD_MESSAGES`. */
  readonly entries: readonly RoomEntry[];
  /** Whether older entries were dropped. */
  readonly cut: boolean;
  /** The seq of the first unread entry. */
  readonly first?: number;
}

const NOTHING: Held = { count: 0, mentions: 0, entries: [], cut: false };

export class UnreadRooms {
  /**
   * At most `MAX_ROOMS_PER_MEMBER`, because a server could invent more. The room that was added first is dropped first.
   */
  readonly #rooms = new Map<string, Held>();
  #looking = true;
  /** Whether an entry was shown since the user looked away. */
  #unseen = false;

  /** Whether the user looks at the window, as far as the terminal reports it. */
  get looking(): boolean {
    return this.#looking;
  }

  unreadIn(room: string): Unread {
    return this.#rooms.get(room) ?? NOTHING;
  }

  /** The sums over all rooms. */
  get total(): Unread {
    const all = [...this.#rooms.values()];
    return { count: sum(all.map(({ count }) => count)), mentions: sum(all.map(({ mentions }) => mentions)) };
  }

  /**
   * Adds an entry to its room and returns the seq of the room's first unread entry. `counts` is false for changes and the
   * user's own messages; `hold` is true for an entry that is not shown now.
   */
  add(entry: RoomEntry, flags: { counts: boolean; mentions: boolean; hold: boolean }): number {
    const before = this.#rooms.get(entry.room) ?? NOTHING;
    const entries = flags.hold ? [...before.entries, entry].slice(-MAX_HELD_MESSAGES) : before.entries;
    const first = before.first ?? entry.seq;
    if (before === NOTHING && this.#rooms.size >= MAX_ROOMS_PER_MEMBER) {
      this.#rooms.delete(this.#rooms.keys().next().value!);
    }
    this.#rooms.set(entry.room, {
      first,
      count: before.count + (flags.counts ? 1 : 0),
      mentions: before.mentions + (flags.mentions ? 1 : 0),
      entries,
      cut: before.cut || (flags.hold && before.entries.length === MAX_HELD_MESSAGES),
    });
    return first;
  }

  /** Marks a room as read and returns the entries that the caller must show now. */
  open(room: string): Held {
    const held = this.#rooms.get(room) ?? NOTHING;
    this.#rooms.delete(room);
    return held;
  }

  /** Forgets all rooms. Call it when the server is another one. */
  reset(): void {
    this.#rooms.clear();
  }

  setLooking(looking: boolean): void {
    this.#looking = looking;
    this.#unseen = false;
  }

  /** True on the first call since the user looked away. */
  takeFirstUnseen(): boolean {
    if (this.#looking || this.#unseen) return false;
    return this.#unseen = true;
  }
}

/** `3 new, 1 for you`; empty for no message. */
export function unreadText({ count, mentions }: Unread): string {
  if (count === 0) return "";
  return mentions === 0 ? `${count} new` : `${count} new, ${mentions} for you`;
}

/**
 * The activity for the prompt, longest variant first: ` [2 #dev 3, 3 #ops 12 @1]`, ` [15 @1]`, empty.
 * Without unread messages the only variant is empty.
 */
export function activityTexts(rooms: readonly Activity[]): string[] {
  if (rooms.length === 0) return [""];
  const total = { count: sum(rooms.map(({ count }) => count)), mentions: sum(rooms.map(({ mentions }) => mentions)) };
  const each = rooms.map((room) => `${room.number} ${roomName(room.name)} ${countsText(room)}`).join(", ");
  return [` [${each}]`, ` [${countsText(total)}]`, ""];
}

/** The window's title. `unread` is the number of messages in all rooms. */
export function windowTitle(room: string | undefined, unread: number): string {
  const name = room === undefined ? "Confab" : `${roomName(room)} - Confab`;
  return unread === 0 ? name : `(${counted(unread)}) ${name}`;
}

function countsText({ count, mentions }: Unread): string {
  return mentions === 0 ? counted(count) : `${counted(count)} @${counted(mentions)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
