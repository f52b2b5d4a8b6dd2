import { MEMORY_HISTORY_MESSAGES } from "../protocol/limits.ts";
import type { RoomMessage } from "../protocol/messages.ts";
import type { HistoryStore, Page } from "./history_store.ts";

/** Keeps the newest messages of each room, and nothing beyond the process. */
export class MemoryHistory implements HistoryStore {
  readonly #messagesPerRoom: number;
  readonly #rooms = new Map<string, RoomMessage[]>();

  constructor(messagesPerRoom: number = MEMORY_HISTORY_MESSAGES) {
    this.#messagesPerRoom = messagesPerRoom;
  }

  append(messages: readonly RoomMessage[]): void {
    for (const message of messages) {
      const kept = this.#rooms.get(message.room);
      if (kept === undefined) {
        this.#rooms.set(message.room, [message]);
      } else {
        kept.push(message);
        // Dropped a quarter at a time, for dropping one moves all the others.
        if (kept.length > 1.25 * this.#messagesPerRoom) kept.splice(0, kept.length - this.#messagesPerRoom);
      }
    }
  }

  read({ room, after = 0, before = Infinity, limit }: Page): RoomMessage[] {
    const kept = this.#rooms.get(room);
    if (kept === undefined) return [];
    // Seqs have no gaps, so that they tell where a message stands.
    const first = kept[0]!.seq;
    const end = Math.min(kept.length, Math.max(0, before - first));
    const start = Math.max(0, after + 1 - first, end - limit);
    return kept.slice(start, end);
  }

  search(room: string, query: string, limit: number): RoomMessage[] {
    const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const found: RoomMessage[] = [];
    const kept = this.#rooms.get(room) ?? [];
    for (let index = kept.length - 1; index >= 0 && found.length < limit; index--) {
      const text = kept[index]!.text.toLowerCase();
      if (words.every((word) => text.includes(word))) found.push(kept[index]!);
    }
    return found;
  }

  close(): void {
    this.#rooms.clear();
  }
}
