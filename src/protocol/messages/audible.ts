import type { MemberInfo, PresenceEvent } from "./messages.ts";

/** The members of a `presence` that a view shows: all but the muted ones. */
export function audible(
  { joined, left }: PresenceEvent,
): { joined: readonly MemberInfo[]; left: readonly MemberInfo[] } {
  return { joined: joined.filter(isAudible), left: left.filter(isAudible) };
}

function isAudible({ quiet }: MemberInfo): boolean {
  return quiet !== true;
}
