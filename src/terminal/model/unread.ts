/**
 * Unread messages of each room and conversation: their counts, the messages held back, and how the prompt and the title show
 * them.
 */

import { counted } from "../../presentation/sentences/markup.ts";
import { MAX_CONVERSATIONS_KNOWN, MAX_HELD_MESSAGES, MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import { type Entry, placeKey } from "../../protocol/messages/messages.ts";

const MAX_PLACES = MAX_ROOMS_PER_MEMBER + MAX_CONVERSATIONS_KNOWN;

export interface Unread {
  /** Number of messages, including the mentions. */
  readonly count: number;
  /** Number of messages with the user's name or a keyword. */
  readonly mentions: number;
}

/** A room or conversation with unread messages. */
export interface Activity extends Unread {
  /** Such as `#dev` or `@bob`. */
  readonly name: string;
  /** Its number in `/room`, and the digit of its key: Alt-1 and so on. */
  readonly number: number;
}

/** The unread entries of a room or conversation, with the entries that are not on the screen yet. */
export interface Held extends Unread {
  /** Oldest first, at most `MAX_HELD_MESSAGES`. */
  readonly entries: readonly Entry[];
  /** Whether older entries were dropped. */
  readonly cut: boolean;
  /** Entries from this seq on are unread. */
  readonly first: number;
  /** The newest entry. */
  readonly last?: Pick<Entry, "id" | "seq">;
}

interface Place extends Held {
  /** The newest unread messages, at most `MAX_COUNTED`. */
  readonly counted: readonly Counted[];
}

export interface EntryFlags {
  /** The user has read the entry on another device. */
  readonly isRead: boolean;
  /** False for changes, for the user's own messages, and for what they have read. */
  readonly counts: boolean;
  readonly mentions: boolean;
  /** The entry is not shown now. */
  readonly hold: boolean;
}

interface Counted {
  readonly seq: number;
  readonly mentions: boolean;
}

const NOTHING: Place = { count: 0, mentions: 0, entries: [], cut: false, first: 0, counted: [] };
/** Unread messages of one place that can be counted again when the user has read some of them on another device. */
const MAX_COUNTED = 1_000;

/** By key of their room or conversation. */
export class UnreadPlaces {
  /** At most `MAX_PLACES`, because a server could invent more. The one that was added first is dropped first. */
  readonly #places = new Map<string, Place>();
  #looking = true;
  /** Whether an entry was shown since the user looked away. */
  #unseen = false;

  /** Whether the user looks at the window, as far as the terminal reports it. */
  get looking(): boolean {
    return this.#looking;
  }

  get keys(): readonly string[] {
    return [...this.#places.keys()];
  }

  unreadIn(key: string): Unread {
    return this.#places.get(key) ?? NOTHING;
  }

  /** Whether entries of the place are not on the screen yet. */
  holds(key: string): boolean {
    return (this.#places.get(key)?.entries.length ?? 0) > 0;
  }

  /** The sums over all places. */
  get total(): Unread {
    const all = [...this.#places.values()];
    return { count: sum(all.map(({ count }) => count)), mentions: sum(all.map(({ mentions }) => mentions)) };
  }

  /** Adds an entry that the user has not seen here. */
  add(entry: Entry, { isRead, counts, mentions, hold }: EntryFlags): void {
    const key = placeKey(entry);
    const before = this.#places.get(key) ?? { ...NOTHING, first: entry.seq };
    if (!this.#places.has(key)) this.#makeRoom();
    this.#places.set(key, {
      first: isRead ? Math.max(before.first, entry.seq + 1) : before.first,
      last: { id: entry.id, seq: entry.seq },
      count: before.count + (counts ? 1 : 0),
      mentions: before.mentions + (mentions ? 1 : 0),
      counted: counts ? [...before.counted, { seq: entry.seq, mentions }].slice(-MAX_COUNTED) : before.counted,
      entries: hold ? [...before.entries, entry].slice(-MAX_HELD_MESSAGES) : before.entries,
      cut: before.cut || (hold && before.entries.length === MAX_HELD_MESSAGES),
    });
  }

  /** Notes that the user has read a place up to this seq on another device. What is held stays held. */
  read(key: string, seq: number): void {
    const before = this.#places.get(key);
    if (before === undefined || seq < before.first) return;
    const counted = before.counted.filter((message) => message.seq > seq);
    const isSame = counted.length === before.counted.length;
    const counts = isSame ? {} : { count: counted.length, mentions: counted.filter(({ mentions }) => mentions).length };
    this.#places.set(key, { ...before, counted, first: seq + 1, ...counts });
  }

  /** Marks a place as read and returns the entries that the caller must show now. */
  open(key: string): Held {
    const held = this.#places.get(key) ?? NOTHING;
    this.#places.delete(key);
    return held;
  }

  /** Forgets all places. Call it when the server is another one. */
  reset(): void {
    this.#places.clear();
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

  #makeRoom(): void {
    if (this.#places.size >= MAX_PLACES) this.#places.delete(this.#places.keys().next().value!);
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
export function activityTexts(places: readonly Activity[]): string[] {
  if (places.length === 0) return [""];
  const total = { count: sum(places.map(({ count }) => count)), mentions: sum(places.map(({ mentions }) => mentions)) };
  const each = places.map((place) => `${place.number} ${place.name} ${countsText(place)}`).join(", ");
  return [` [${each}]`, ` [${countsText(total)}]`, ""];
}

/** The window's title. `place` is the name of the current one, `unread` the number of messages in all of them. */
export function windowTitle(place: string | undefined, unread: number): string {
  const name = place === undefined ? "Confab" : `${place} - Confab`;
  return unread === 0 ? name : `(${counted(unread)}) ${name}`;
}

function countsText({ count, mentions }: Unread): string {
  return mentions === 0 ? counted(count) : `${counted(count)} @${counted(mentions)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
