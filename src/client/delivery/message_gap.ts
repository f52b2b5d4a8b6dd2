/** A gap in a room's messages and changes. The server is asked to fill it; later lines are held until then. */

import { MAX_PAGE_MESSAGES, MAX_REPLAY_MESSAGES } from "../../protocol/limits.ts";
import type { HistoryCommand, HistoryEvent, RoomEntry } from "../../protocol/messages/messages.ts";

/** A message and its line. The client builds the line of a message that came in a page of history. */
export interface MessageLine {
  readonly line: string;
  readonly message: RoomEntry;
}

/** The memory of a parsed message beside its line, counted as UTF-16 units. */
const CHARS_BESIDE_LINE = 512;

export class MessageGap {
  readonly room: string;
  /** The `ref` of the open history request. */
  readonly ref: string;
  readonly #after: number;
  readonly #held: MessageLine[] = [];
  /** Page by page, the newest page last, each page oldest first. */
  readonly #pages: MessageLine[][] = [];
  #before: number;
  #found = 0;
  #chars = 0;

  /** The gap lies between `after`, the last seq received, and `first`, the first message after the gap. */
  constructor(ref: string, after: number, first: MessageLine) {
    this.room = first.message.room;
    this.ref = ref;
    this.#after = after;
    this.#before = first.message.seq;
    this.hold(first);
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
    return { type: "history", ref: this.ref, room: this.room, before: this.#before, limit, changes: true };
  }

  /**
   * Takes a page of history. Returns whether to request another one: the gap is not filled, and the server has more.
   */
  fill({ messages, changes = [], more }: HistoryEvent): boolean {
    const page: MessageLine[] = [];
    let last = this.#after;
    for (const message of merged(messages, changes)) {
      if (message.room !== this.room || message.seq <= last || message.seq >= this.#before) continue;
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
function merged(messages: readonly RoomEntry[], changes: readonly RoomEntry[]): readonly RoomEntry[] {
  return changes.length === 0 ? messages : [...messages, ...changes].sort((a, b) => a.seq - b.seq);
}
