import type { Effect } from "../core/effect.ts";
import type { Batch } from "../history/history_store.ts";

/** What of the effects is to be kept; undefined where it is nothing. */
export function batchOf(effects: readonly Effect[]): Batch | undefined {
  const batch: Growing = {
    removed: [],
    rooms: [],
    members: [],
    messages: [],
    directs: [],
    confirmed: [],
    records: [],
    audit: [],
  };
  let kept = 0;
  for (const effect of effects) kept += add(batch, effect);
  return kept === 0 ? undefined : batch;
}

type Growing = { -readonly [K in keyof Batch]: Batch[K][number][] };

/** An effect that is kept holds what the store wants, and is handed over as it is. */
function add(batch: Growing, effect: Effect): number {
  switch (effect.type) {
    case "append":
      return batch.messages.push(effect);
    case "appendDirect":
      return batch.directs.push(effect);
    case "confirm":
      return batch.confirmed.push(effect);
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
    default:
      return 0;
  }
}

/** Drops what the batch has of the room so far, since the store removes rooms first. */
function remove(batch: Growing, room: Batch["removed"][number]): number {
  batch.rooms = batch.rooms.filter(({ id }) => id !== room.id);
  batch.messages = batch.messages.filter(({ message }) => message.room !== room.name);
  return batch.removed.push(room);
}
