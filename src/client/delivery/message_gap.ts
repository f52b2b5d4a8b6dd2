/** A hole in a room's messages and their changes, which the server is asked to fill; whatever comes behind it is held until then. */

import { MAX_PAGE_MESSAGES, MAX_REPLAY_MESSAGES } from "../../protocol/limits.ts";
import type { HistoryCommand, HistoryEvent, RoomEntry } from "../../protocol/messages/messages.ts";

/** Also of a line that this client made itself, of a message that came on another one. */
export interface MessageLine {
  readonly line: string;
  readonly message: RoomEntry;
}

export class MessageGap {
  readonly room: string;
  /** Of the question that is open. */
  readonly ref: string;
  readonly #after: number;
  readonly #held: MessageLine[];
  /** Page by page, the newest page last, each page oldest first. */
  readonly #pages: RoomEntry[][] = [];
  #before: number;
  #found = 0;

  /** What is missing lies between `after`, the last seq seen, and the first message behind the hole. */
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

  /** Asks for the newest of what is missing still. */
  get question(): HistoryCommand {
    const limit = Math.min(MAX_PAGE_MESSAGES, MAX_REPLAY_MESSAGES - this.#found, this.#before - this.#after - 1);
    return { type: "history", ref: this.ref, room: this.room, before: this.#before, limit, changes: true };
  }

  /** Takes what the server has of it. False where there is no more to ask for: it is full, or the server has no more. */
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

  /** What was found of the missing ones, oldest first. */
  get found(): RoomEntry[] {
    return this.#pages.toReversed().flat();
  }

  /** In the order received: the hole lies before the first of them. */
  get held(): readonly MessageLine[] {
    return this.#held;
  }
}

/** Each list rises by itself. */
function merged(messages: readonly RoomEntry[], changes: readonly RoomEntry[]): readonly RoomEntry[] {
  return changes.length === 0 ? messages : [...messages, ...changes].sort((a, b) => a.seq - b.seq);
}
