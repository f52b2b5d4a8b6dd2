import { MAX_RECENT_ENTRIES } from "../../protocol/limits.ts";
import type { RoomEntry } from "../../protocol/messages/messages.ts";

/** The last entries whose ids clients have made. The store does not have those of the present turn yet. */
export class RecentEntries {
  private readonly byKey = new Map<string, RoomEntry>();

  /** `roomId` is the id of the room: a later room may have the same name. */
  add(roomId: string, entry: RoomEntry): void {
    this.byKey.set(keyOf(roomId, entry.id), entry);
    if (this.byKey.size > MAX_RECENT_ENTRIES) this.byKey.delete(this.byKey.keys().next().value!);
  }

  find(roomId: string, id: string): RoomEntry | undefined {
    return this.byKey.get(keyOf(roomId, id));
  }
}

function keyOf(roomId: string, id: string): string {
  return `${roomId} ${id}`;
}
