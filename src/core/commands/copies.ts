/** The rights of members' programs to keep copies of the chat. */

import { isKeyDigest, keyDigest, keyOf } from "../hub_command.ts";
import type { Registry } from "../state/registry.ts";

/** The member who has this key as one of their devices, unless they are banned from the whole server. */
export function memberWithKey(registry: Registry, key: string): string | undefined {
  const id = registry.idWithToken(keyDigest(key));
  return id === undefined || registry.restrictions.banOf(id, undefined) !== undefined ? undefined : id;
}

/** The keys with which the member signs; `undefined` for a member whom the chat does not know. */
export function signingKeysOf(registry: Registry, id: string): readonly string[] | undefined {
  const listed = registry.devices.of(id)?.devices;
  if (listed !== undefined) return listed.map(({ key }) => key);
  const account = registry.accounts.withId(id);
  const member = registry.withId(id) ?? registry.historyReader.memberById(id);
  if (account === undefined && member === undefined) return undefined;
  const digests = account === undefined ? [member!.tokenDigest] : registry.accounts.digestsOf(account);
  return digests.filter(isKeyDigest).map(keyOf);
}

/** Whether the member may keep a copy of the room: it has no lock, or the member is in it, and is not banned from it. */
export function mayCopyRoom(registry: Registry, memberId: string, room: string): boolean {
  const { restrictions } = registry;
  if (restrictions.banOf(memberId, room) !== undefined) return false;
  return restrictions.lock(room) === undefined || registry.withId(memberId)?.memberships.has(room) === true;
}
