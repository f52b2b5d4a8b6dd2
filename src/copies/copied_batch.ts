import { type Batch, emptyBatch, type MutableBatch, type RecordChange } from "../history/store.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { isConversationName } from "../protocol/conventions.ts";
import type { RoomEntry } from "../protocol/messages/messages.ts";
import { parseRoom } from "../protocol/text/names.ts";
import { checkedEntry } from "../protocol/messages/entry_check.ts";
import { COPIED_RECORDS, type CopyBatch } from "../protocol/hosts/copy_messages.ts";

/** Makes a batch for the store of all parts of a copy. Throws `bad_frame` for an entry that no client could have sent. */
export function copiedBatch(parts: readonly CopyBatch[]): Batch {
  const batch = emptyBatch();
  for (const part of parts) addPart(batch, part);
  return batch;
}

function addPart(batch: MutableBatch, part: CopyBatch): void {
  batch.removed.push(...part.removed ?? []);
  batch.rewound.push(...part.rewound ?? []);
  batch.rooms.push(...part.rooms ?? []);
  for (const { id, name, members: [a, b] } of part.conversations ?? []) {
    batch.conversations.push({ id, name, members: [a!, b!] });
  }
  batch.members.push(...part.members ?? []);
  batch.records.push(...part.records ?? []);
  for (const entry of part.messages ?? []) batch.messages.push({ message: checked(entry) });
}

function checked(entry: RoomEntry): RoomEntry {
  try {
    if (!isConversationName(entry.room)) parseRoom(entry.room);
    return checkedEntry(entry);
  } catch (error) {
    throw new ProtocolError("bad_frame", `The host sent an entry that is not valid: ${(error as Error).message}`);
  }
}

/** The changes that remove the records of copied kinds, before all of them come again. */
export function removalOf(records: Iterable<RecordChange>): RecordChange[] {
  const kinds: ReadonlySet<string> = new Set(COPIED_RECORDS);
  return [...records].flatMap(({ kind, key }) => kinds.has(kind) ? [{ kind, key }] : []);
}
