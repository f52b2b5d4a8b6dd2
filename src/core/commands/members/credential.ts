/** The credential of a member: the digest of a token, or a `keyDigest`, by which they come back. */

import { bindToken, type HubJoinCommand, isKeyDigest, keyDigest } from "../../hub_command.ts";
import type { Account } from "../../state/accounts.ts";
import type { Member } from "../../state/members/member.ts";
import type { Session } from "../../state/members/session.ts";
import type { Turn } from "../../turn.ts";
import { dropDevice, vouchFor } from "./device.ts";

export interface JoinAttempt {
  readonly session: Session;
  readonly command: HubJoinCommand;
  /** The account whose password the command contains. */
  readonly login?: Account;
}

/** A member who proves by a token, or else by a key, who they are. */
export interface CredentialHolder {
  readonly member: Member;
  /** The digest under which the token or the key is known. */
  readonly digest: string;
}

/** The member whom the token of the join, or else its key, proves. */
export function holderOf({ registry, now }: Turn, { token, key }: HubJoinCommand): CredentialHolder | undefined {
  for (const digest of [...token?.digests ?? [], ...key === undefined ? [] : [keyDigest(key)]]) {
    const member = registry.withToken(digest, now);
    if (member !== undefined) return { member, digest };
  }
  return undefined;
}

/**
 * The digest of what the client comes back with from now on: its key, or else a new token. A key cannot be bound to a room,
 * belongs to one member only, and is of no use to a client that cannot return.
 */
export function newDigest(turn: Turn, { session, command }: JoinAttempt, room: string | undefined): string {
  const { key, newToken } = command;
  const digest = key === undefined || room !== undefined || !session.resumable ? undefined : keyDigest(key);
  const isFree = digest !== undefined && turn.registry.withToken(digest, turn.now) === undefined;
  return isFree ? digest : bindToken(newToken, room);
}

/** Gives the account, whose password the join contains, a further digest, and returns it. */
export function addDigest(turn: Turn, attempt: JoinAttempt, account: Account): string {
  const { registry, now, effects } = turn;
  const digest = newDigest(turn, attempt, account.room);
  if (!attempt.session.resumable) return digest;
  const before = registry.accounts.digestsOf(account);
  registry.accounts.addToken(account, digest, registry.newId(now), now, effects);
  const after = registry.accounts.digestsOf(account);
  for (const forgotten of before.filter((each) => !after.includes(each))) {
    dropDevice(turn, registry.ofAccount(account, now), forgotten);
  }
  if (isKeyDigest(digest)) vouchFor(turn, account, digest);
  return digest;
}

/** Lets the key of the join take the place of its token, for all sessions. Otherwise the member keeps what they came with. */
export function keepDigest(
  turn: Turn,
  attempt: JoinAttempt,
  { member, digest, room }: CredentialHolder & { room?: string },
): string {
  const { registry, now, effects } = turn;
  const replacing = isKeyDigest(digest) ? digest : newDigest(turn, attempt, room);
  if (!isKeyDigest(replacing) || replacing === digest) {
    registry.accounts.touch(digest, now, effects);
    return digest;
  }
  if (registry.accounts.withId(member.id) === undefined) registry.replaceToken(member, replacing);
  else registry.accounts.replaceToken(digest, replacing, now, effects);
  const own = member.sessions.map(({ id }) => registry.sessions.get(id)!);
  for (const session of own) if (session.tokenDigest === digest) session.tokenDigest = replacing;
  return replacing;
}
