/** A gap in a room's messages and changes. The server is asked to fill it; later lines are held until then. */

import { MAX_PAGE_MESSAGES, MAX_REPLAY_MESSAGES } from "../../protocol/limits.ts";
import type { HistoryCommand, HistoryEvent, RoomEntry } from "../../protocol/messages/messages.ts";

/** A message and its line. The client builds the line itself if the message came in a page of history. */
export interface MessageLine {
  readonly line: string;
  readonly message: RoomEntry;
}

export class MessageGap {
  readonly room: string;
  /** The `ref` of the open history request. */
  readonly ref: string;
  readonly #after: number;
  readonly #held: MessageLine[];
  /** Page by page, the newest page last, each page oldest first. */
  readonly #pages: RoomEntry[][] = [];
  #before: number;
  #found = 0;

  /** The gap lies between `after`, the last seq received, and `first`, the first message after the gap. */
  constructor(ref: string, after: number, first: MessageLine) {
    this.room = first.message.room;
    this.ref = ref;
    this.#after = after;
    this.#before = first.message.seq;
    this.#held = [first];
  }

  hold(line: MessageLine): void {
    this.#held.push(line);
  }

  /** The request for the newest messages that are still missing. */
  get request(): HistoryCommand {
    const limit = Math.min(MAX_PAGE_MESSAGES, MAX_REPLAY_MESSAGES - this.#found, this.#before - this.#after - 1);
    return { type: "history", ref: this.ref, room: this.room, before: this.#before, limit, changes: true };
  }

  /** Takes a page of the history. False if there is nothing more to request: the gap is filled, or the server has no more. */
  fill({ messages, changes = [], more }: HistoryEvent): boolean {
    const page: RoomEntry[] = [];
    let last = this.#after;
    for (const message of merged(messages, changes)) {
      if (message.room !== this.room || message.seq <= last || message.seq >= this.#before) continue;
      last = message.seq;
      page.push(message);
    }
    if (page.length === 0) return false;
    this.#pages.push(page);
    this.#found += page.length;
    this.#before = page[0]!.seq;
    return more && this.#before > this.#after + 1 && this.#found < MAX_REPLAY_MESSAGES;
  }

  /** The missing messages found so far, oldest first. */
  get found(): RoomEntry[] {
    return this.#pages.toReversed().flat();
  }

  /** The held lines in the order received. The gap lies before the first. */
  get held(): readonly MessageLine[] {
    return this.#held;
  }
}

/** Merges two lists that are each in order. */
function merged(messages: readonly RoomEntry[], changes: readonly RoomEntry[]): readonly RoomEntry[] {
  return changes.length === 0 ? messages : [...messages, ...changes].sort((a, b) => a.seq - b.seq);
}
