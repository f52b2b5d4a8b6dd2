import type { HistoryTables } from "./history_tables.ts";
import { ROOM_STRIDE } from "./tables/schema.ts";

/**
 * Deletes the entries of a room or conversation with higher seqs, with all that belongs to them; see `Batch.rewound`. All
 * acknowledgements must be in their table. Call it inside a transaction.
 */
export function rewindChannel(tables: HistoryTables, channel: string, after: number): void {
  const room = tables.rooms.get(channel);
  if (room === undefined) return;
  const [first, last] = [after + 1, ROOM_STRIDE - 1];
  const base = room.key * ROOM_STRIDE;
  tables.acks.removeRange(base + after, base + ROOM_STRIDE);
  tables.searchIndex.deleteRange(room, first, last);
  tables.reactions.deleteRange(room, first, last);
  tables.files.deleteRange(room, first, last);
  tables.messages.deleteRange(room, first, last);
  tables.rooms.rewind(room, after);
  tables.conversations.rewind(room, { seq: after, id: tables.messages.idAt(room, after) });
}
