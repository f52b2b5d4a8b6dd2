/** Conversations with entries that this client has not received: which of them to ask for now, and which ones later. */

import { MAX_CONVERSATIONS_KNOWN } from "../../protocol/limits.ts";
import { dropOldest } from "../state/drop_oldest.ts";
import type { GapRange } from "./message_gap.ts";

export class MissedConversations {
  readonly #openPlace: (() => string | undefined) | undefined;
  /** To ask for, one after another. */
  readonly #due = new Map<string, GapRange>();
  /** To ask for when the conversation is opened or gets something new. */
  readonly #later = new Map<string, GapRange>();
  /** Until the first list of the first link. */
  #atStart = true;

  /** `openPlace` returns the key of the place that the user sees. Without it, all conversations are asked for at once. */
  constructor(openPlace?: () => string | undefined) {
    this.#openPlace = openPlace;
  }

  /** Takes what is missing in the conversations of one list, in the order in which to ask for it. */
  listed(ranges: readonly GapRange[]): void {
    for (const range of ranges) this.#add(range);
    this.#atStart = false;
  }

  /** Asks for this conversation next, if something is missing there. */
  open(key: string): void {
    const range = this.take(key);
    if (range === undefined) return;
    const others = [...this.#due];
    this.#due.clear();
    for (const [key, due] of [[range.key, range] as const, ...others]) this.#due.set(key, due);
  }

  /** Removes and returns what is missing in this conversation. */
  take(key: string): GapRange | undefined {
    const range = this.#due.get(key) ?? this.#later.get(key);
    this.#due.delete(key);
    this.#later.delete(key);
    return range;
  }

  /** Removes and returns what to ask for next. */
  next(): GapRange | undefined {
    const [next] = this.#due.values();
    return next && this.take(next.key);
  }

  /** The next link lists again what is missing. What is for later stays so, unless something new has been written there. */
  linkLost(): void {
    this.#due.clear();
    this.#atStart = false;
  }

  /** Forgets everything: another server has other conversations. */
  forget(): void {
    this.#due.clear();
    this.#later.clear();
    this.#atStart = true;
  }

  #add(range: GapRange): void {
    const later = this.#later.get(range.key);
    const isOld = this.#atStart || (later !== undefined && later.before >= range.before);
    const waits = this.#openPlace !== undefined && isOld && this.#openPlace() !== range.key;
    this.#later.delete(range.key);
    const ranges = waits ? this.#later : this.#due;
    ranges.set(range.key, range);
    dropOldest(ranges, MAX_CONVERSATIONS_KNOWN);
  }
}
