import type { Effect } from "../../core/effect.ts";
import { type Batch, emptyBatch, type MutableBatch } from "../../history/store.ts";

/** Returns the effects that the store keeps; `undefined` if it keeps none of them. */
export function storeBatch(effects: readonly Effect[]): Batch | undefined {
  const batch = emptyBatch();
  let kept = 0;
  for (const effect of effects) kept += add(batch, effect);
  return kept === 0 ? undefined : batch;
}

/** Adds an effect as it is: it has the fields that the store needs. Returns 0 for an effect that is not kept. */
function add(batch: MutableBatch, effect: Effect): number {
  switch (effect.type) {
    case "append":
      return batch.messages.push(effect);
    case "keepConversation":
      return batch.conversations.push(effect.conversation);
    case "keepBlock":
      return batch.blocks.push(effect);
    case "keepMark":
      return batch.marks.push(effect);
    case "keepRoom":
      return batch.rooms.push(effect.room);
    case "removeRoom":
      return remove(batch, effect.room);
    case "keepMember":
      return batch.members.push(effect.member);
    case "keepRecord":
      return batch.records.push(effect);
    case "audit":
      return batch.audit.push(effect.trusted ? { ...effect.entry, trusted: true } : effect.entry);
    case "dropUpload":
    case "grant":
    case "admit":
    case "dismiss":
    case "hash":
    case "wrongPassword":
    case "auditPage":
    case "publish":
    case "send":
    case "broadcast":
    case "signal":
    case "enter":
    case "exit":
    case "replay":
    case "page":
    case "conversations":
    case "search":
    case "close":
      return 0;
    default:
      return effect satisfies never;
  }
}

/** Drops the room's earlier entries in the batch, since the store removes rooms first. */
function remove(batch: MutableBatch, room: Batch["removed"][number]): number {
  batch.rooms = batch.rooms.filter(({ id }) => id !== room.id);
  batch.messages = batch.messages.filter(({ message }) => message.room !== room.name);
  return batch.removed.push(room);
}
