import type { CallEvent } from "../../protocol/messages/messages.ts";

/** Calls in the rooms and conversations of a client, by id. */
export type KnownCalls = ReadonlyMap<string, CallEvent>;

/** Adds the call as it is now, or removes it if it is over. */
export function withCall(calls: KnownCalls, event: CallEvent): KnownCalls {
  const changed = new Map(calls);
  if (event.ended) changed.delete(event.id);
  else changed.set(event.id, event);
  return changed;
}
