/** The names in the store: each member's last one, and the one that a guest's key owns. */

import { foldName } from "../../../protocol/text/names.ts";
import { isKeyDigest } from "../../hub_command.ts";
import type { Member } from "../../state/members/member.ts";
import type { Caller } from "../../state/members/session.ts";
import { originOf } from "../../state/quotas/quota.ts";
import type { Turn } from "../../turn.ts";

/** Stores the member with their present name. */
export function keepMember({ effects }: Turn, { id, name, tokenDigest }: Member): void {
  effects.push({ type: "keepMember", member: { id, name, tokenDigest, nameKeys: [foldName(name)] } });
}

/**
 * Makes the present name of a guest their own, if they have come with a key. A member who owns a name, and has come without
 * one, takes this name in its place.
 */
export function ownName(turn: Turn, { session, member }: Caller): void {
  const { registry, now, effects } = turn;
  const { id, name } = member;
  const { accounts, ownedNames } = registry;
  const mayOwn = isKeyDigest(session.tokenDigest) || ownedNames.of(id) !== undefined;
  if (!mayOwn || accounts.withId(id) !== undefined) return;
  ownedNames.take({ id, name, from: originOf(session) }, now, effects);
  noteVisit(turn, member);
}

/** Notes that the owner of a name is here, or was until now. The store remembers the member as long as their name. */
export function noteVisit(turn: Turn, member: Member): void {
  if (turn.registry.ownedNames.noteVisit(member.id, turn.now, turn.effects)) keepMember(turn, member);
}

/** Frees the names whose owners have not been here for `OWNED_NAME_MS`: some in this tick, the rest in the next ones. */
export function freeUnvisitedNames(turn: Turn): void {
  const { registry, now, effects } = turn;
  for (const { id } of registry.ownedNames.unvisited(now)) {
    const member = registry.withId(id);
    if (member !== undefined && member.sessions.length > 0) noteVisit(turn, member);
    else registry.ownedNames.free(id, effects);
  }
}
