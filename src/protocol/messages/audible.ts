import type { Member, PresenceEvent } from "./messages.ts";

/** The members of a `presence` that a view shows: all but the muted ones. */
export function audible({ joined, left }: PresenceEvent): { joined: readonly Member[]; left: readonly Member[] } {
  return { joined: joined.filter(isAudible), left: left.filter(isAudible) };
}

function isAudible({ quiet }: Member): boolean {
  return quiet !== true;
}
