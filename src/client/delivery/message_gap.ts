/** A gap in the entries of a room or conversation. The server is asked to fill it; later lines are held until then. */

import { MAX_PAGE_MESSAGES, MAX_REPLAY_MESSAGES } from "../../protocol/limits.ts";
import { type Entry, type HistoryCommand, type HistoryEvent, placeKey } from "../../protocol/messages/messages.ts";

/** A message and its line. The client builds the line of a message that came in a page of history. */
export interface MessageLine {
  readonly line: string;
  readonly message: Entry;
}

/** The open part of a room or conversation: after the last entry received, and before the first one that is known. */
export interface GapRange {
  /** The key of the room or conversation, from `placeKey`. */
  readonly key: string;
  readonly after: number;
  readonly before: number;
}

/** The memory of a parsed message beside its line, counted as UTF-16 units. */
const CHARS_BESIDE_LINE = 512;

export class MessageGap {
  readonly key: string;
  /** The `ref` of the open history request. */
  readonly ref: string;
  /** The seq of the last entry in the gap. */
  readonly last: number;
  readonly #after: number;
  readonly #held: MessageLine[] = [];
  /** Page by page, the newest page last, each page oldest first. */
  readonly #pages: MessageLine[][] = [];
  #before: number;
  #found = 0;
  #chars = 0;

  constructor(ref: string, { key, after, before }: GapRange) {
    this.key = key;
    this.ref = ref;
    this.last = before - 1;
    this.#after = after;
    this.#before = before;
  }

  /** UTF-16 units of all held and found lines, plus `CHARS_BESIDE_LINE` for each. */
  get chars(): number {
    return this.#chars;
  }

  hold(line: MessageLine): void {
    this.#held.push(line);
    this.#count(line);
  }

  /** The request for the newest messages that are still missing. */
  get request(): HistoryCommand {
    const limit = Math.min(MAX_PAGE_MESSAGES, MAX_REPLAY_MESSAGES - this.#found, this.#before - this.#after - 1);
    const { key } = this;
    const place = key.startsWith("@") ? { to: key.slice(1) } : { room: key };
    return { type: "history", ref: this.ref, ...place, before: this.#before, limit, changes: true };
  }

  /**
   * Takes a page of history. Returns whether to request another one: the gap is not filled, and the server has more.
   */
  fill({ messages, changes = [], more }: HistoryEvent): boolean {
    const page: MessageLine[] = [];
    let last = this.#after;
    for (const message of merged(messages, changes)) {
      if (placeKey(message) !== this.key || message.seq <= last || message.seq >= this.#before) continue;
      last = message.seq;
      const line = { line: JSON.stringify(message), message };
      page.push(line);
      this.#count(line);
    }
    if (page.length === 0) return false;
    this.#pages.push(page);
    this.#found += page.length;
    this.#before = page[0]!.message.seq;
    return more && this.#before > this.#after + 1 && this.#found < MAX_REPLAY_MESSAGES;
  }

  /** The missing messages found so far, oldest first. */
  get found(): MessageLine[] {
    return this.#pages.toReversed().flat();
  }

  /** The held lines in the order received. The gap lies before the first. */
  get held(): readonly MessageLine[] {
    return this.#held;
  }

  #count({ line }: MessageLine): void {
    this.#chars += line.length + CHARS_BESIDE_LINE;
  }
}

/** Merges two lists that are each in order. */
function merged(messages: readonly Entry[], changes: readonly Entry[]): readonly Entry[] {
  return changes.length === 0 ? messages : [...messages, ...changes].sort((a, b) => a.seq - b.seq);
}
