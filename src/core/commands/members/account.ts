/** Accounts: registering, logging in, and the list of sessions. */

import { ProtocolError } from "../../../protocol/errors.ts";
import type { SessionsCommand } from "../../../protocol/messages/messages.ts";
import { quote } from "../../../protocol/text/names.ts";
import type { Hashed } from "../../effect.ts";
import { bindToken, type HubAuthCommand, type HubRegisterCommand, isKeyDigest, keyDigest } from "../../hub_command.ts";
import type { Account } from "../../state/accounts.ts";
import type { Member } from "../../state/members/member.ts";
import { REGISTRATIONS, WrongPassword } from "../../state/password_attempts.ts";
import { checkHashed } from "../../state/hash_tickets.ts";
import { originOf } from "../../state/quotas/quota.ts";
import { actorOf } from "../../state/ranks.ts";
import type { Registry } from "../../state/registry.ts";
import { type Caller, joined, type Session } from "../../state/members/session.ts";
import { send, type Turn } from "../../turn.ts";
import { deviceSessions } from "./device.ts";
import { expel } from "../leave.ts";
import { addAudit } from "../moderation/moderation_notices.ts";
import { checkLogin, startHash, startLogin } from "../password_check.ts";
import { keepMember } from "./kept_name.ts";

/** Makes the session the owner's by the admin password, or sends a token for an account by its password. */
export function authenticate(turn: Turn, session: Session, command: HubAuthCommand): void {
  const { name } = command;
  if (name === undefined) return becomeOwner(turn, session, command);
  checkLogin(turn, session, name, "account");
  startLogin(turn, session, command, { name });
}

/** Sends a token for the account, whose password the command contains. */
export function giveToken(turn: Turn, session: Session, { ref, newToken }: HubAuthCommand, account: Account): void {
  const { registry, now, effects } = turn;
  const { accounts, roles } = registry;
  const token = bindToken(newToken, account.room);
  accounts.addToken(account, token, registry.newId(now), now, effects);
  const role = session.isOwner ? "owner" : roles.isModerator(account.id, undefined) ? "moderator" : "member";
  send(turn, session, { type: "authenticated", ref, role, name: account.name, token });
}

function becomeOwner(turn: Turn, session: Session, { ref, password }: HubAuthCommand): void {
  const { registry, now } = turn;
  const { rules, passwordAttempts } = registry;
  if (rules.access?.hasAdminPassword !== true) {
    throw new ProtocolError(
      "forbidden",
      "The server has no admin password: its owner connects through its Unix socket",
    );
  }
  const { passwordKeys } = session;
  passwordAttempts.check(passwordKeys, now, "admin");
  if (password.admin !== true) {
    throw new WrongPassword(
      "Wrong admin password: try again",
      "admin",
      "admin",
      passwordAttempts.note(passwordKeys, now),
    );
  }
  session.isOwner = true;
  addAudit(turn, actorOf(session), "auth", {});
  send(turn, session, { type: "authenticated", ref, role: "owner", name: session.member?.name });
}

/** Makes the member's name an account once the password is hashed. The member's token becomes the account's only one. */
export function register(turn: Turn, { session, member }: Caller, command: HubRegisterCommand): void {
  const { registry, now } = turn;
  registry.accounts.checkLimit(member.id, originOf(session));
  // Hashing is expensive: it counts as a comparison under way.
  const keys = [...session.passwordKeys, REGISTRATIONS];
  registry.passwordAttempts.check(keys, now);
  startHash(turn, { session, command, keys });
}

/** Completes a `register` with the hash of its password. Throws if the name or the limit has been taken meanwhile. */
export function finishRegister(turn: Turn, session: Session, { ref }: HubRegisterCommand, hashed: Hashed): void {
  const { registry } = turn;
  const member = joined(session);
  const outcome = checkHashed(hashed);
  if (!("hash" in outcome)) throw new Error("A password to register with was compared");
  registry.names.checkFree(member.name, member);
  registry.accounts.checkLimit(member.id, originOf(session));
  keepAccount(turn, { session, member }, outcome.hash);
  send(turn, session, { type: "registered", ref, name: member.name });
}

function keepAccount(turn: Turn, { session, member }: Caller, hash: string): void {
  const { registry, now, effects } = turn;
  const { accounts, ownedNames, restrictions, roles } = registry;
  const account = { id: member.id, name: member.name, hash, room: session.onlyRoom, from: originOf(session) };
  const digest = session.resumable ? session.tokenDigest : undefined;
  accounts.save(account, effects);
  ownedNames.free(account.id, effects);
  accounts.dropOtherTokens(account, digest, effects);
  if (digest !== undefined) accounts.addToken(account, digest, registry.newId(now), now, effects);
  for (const { key } of registry.devices.of(member.id)?.devices ?? []) {
    if (keyDigest(key) !== digest) accounts.addToken(account, keyDigest(key), registry.newId(now), now, effects);
  }
  for (const other of member.sessions) {
    if (other.id !== session.id && accounts.withToken(other.tokenDigest) === undefined) {
      expel(turn, registry.sessions.get(other.id)!, "refused", "closed");
    }
  }
  // An nc user can return from now on, by the password.
  member.canReturn = true;
  member.nameWasUsed = false;
  keepMember(turn, member);
  const isKept = (room: string | undefined) => room === undefined || registry.rooms.get(room)?.kept === true;
  restrictions.keepAll((restriction) => restriction.member?.id === member.id && isKept(restriction.room), effects);
  roles.keepAll((grant) => grant.member.id === member.id && isKept(grant.room), effects);
}

/** Lists the tokens and keys of the member's account, or a guest's devices. Throws `forbidden` for guests without a key. */
export function sessions(turn: Turn, caller: Caller, { ref }: SessionsCommand): void {
  const { registry } = turn;
  const { session, member } = caller;
  const isGuest = registry.accounts.withId(member.id) === undefined && isKeyDigest(session.tokenDigest);
  const list = isGuest
    ? deviceSessions(turn, caller)
    : registry.accounts.sessions(accountOf(registry, member), session.tokenDigest, (digest) => {
      return registry.devices.of(member.id)?.devices.find(({ key }) => keyDigest(key) === digest);
    });
  send(turn, session, { type: "sessions", ref, sessions: list });
}

/** Returns the member's account. Throws `forbidden` for guests. */
export function accountOf({ accounts }: Registry, { id, name }: Member): Account {
  const account = accounts.withId(id);
  if (account !== undefined) return account;
  throw new ProtocolError("forbidden", `Name ${quote(name)} is not registered: send register with a password first`);
}
