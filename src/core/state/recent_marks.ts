import { MAX_RECENT_MARKS } from "../../protocol/limits.ts";
import type { ReadMark } from "../../protocol/messages/messages.ts";
import type { HistoryReader } from "../hub_options.ts";

/**
 * Up to where each member has read each room and conversation. The store keeps the marks; those that moved last are here as
 * well, because the store may not have them yet. More are kept than one turn can move.
 */
export class RecentMarks {
  private readonly history: HistoryReader;
  private readonly recent = new Map<string, ReadMark>();

  constructor(history: HistoryReader) {
    this.history = history;
  }

  /** `channelId` is the id of the room or conversation: a later room may have the same name. */
  find(memberId: string, channelId: string, channel: string): ReadMark | undefined {
    return this.recent.get(keyOf(memberId, channelId)) ?? this.history.readMark(memberId, channel);
  }

  move(memberId: string, channelId: string, mark: ReadMark): void {
    const key = keyOf(memberId, channelId);
    this.recent.delete(key);
    this.recent.set(key, mark);
    if (this.recent.size > MAX_RECENT_MARKS) this.recent.delete(this.recent.keys().next().value!);
  }
}

function keyOf(memberId: string, channelId: string): string {
  return `${memberId} ${channelId}`;
}
