/** Accounts: registering, logging in, and the list of sessions. */

import { ProtocolError } from "../../protocol/errors.ts";
import type { SessionsCommand } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Hashed } from "../effect.ts";
import { bindToken, type HubAuthCommand, type HubRegisterCommand } from "../hub_command.ts";
import type { Account } from "../state/accounts.ts";
import type { Member } from "../state/members/member.ts";
import { accountAttempts, REGISTRATIONS, type SecretKind, WrongPassword } from "../state/password_attempts.ts";
import { checkHashed } from "../state/hash_tickets.ts";
import { originOf } from "../state/quotas/quota.ts";
import { actorOf } from "../state/ranks.ts";
import type { Registry } from "../state/registry.ts";
import type { Caller, Session } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { expel } from "./leave.ts";
import { addAudit } from "./moderation/moderation_notices.ts";
import { keepMember } from "./rename.ts";

/** Makes the session the owner's by the admin password, or sends a token for an account by its password. */
export function authenticate(turn: Turn, session: Session, command: HubAuthCommand): void {
  const { name, ref, newToken } = command;
  if (name === undefined) return becomeOwner(turn, session, command);
  checkLogin(turn, session, name, "account");
  logIn(turn, session, { name, ref, refuse: wrongLogin }, (later, account) => {
    const { registry, now, effects } = later;
    const { accounts, roles } = registry;
    const token = bindToken(newToken, account.room);
    accounts.addToken(account, token, registry.newId(now), now, effects);
    const role = session.isOwner ? "owner" : roles.isModerator(account.id, undefined) ? "moderator" : "member";
    send(later, session, { type: "authenticated", ref, role, name: account.name, token });
  });
}

function becomeOwner(turn: Turn, session: Session, { ref, password }: HubAuthCommand): void {
  const { registry, now } = turn;
  const { options, passwordAttempts } = registry;
  if (options.access?.hasAdminPassword !== true) {
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
export function register(turn: Turn, caller: Caller, { ref }: HubRegisterCommand): void {
  const { registry, now, effects } = turn;
  const { session, member } = caller;
  registry.accounts.checkLimit(member.id, originOf(session));
  // Hashing is expensive: it counts as a comparison under way.
  const keys = [...session.passwordKeys, REGISTRATIONS];
  const settle = () => {
    registry.passwordAttempts.end(keys);
    return undefined;
  };
  registry.passwordAttempts.check(keys, now);
  registry.passwordAttempts.begin(keys);
  registry.hashTickets.ask(session, { ref, settle }, now, effects, (hashed, now, effects) => {
    const outcome = checkHashed(hashed);
    if (!("hash" in outcome)) throw new Error("A password to register with was compared");
    registry.names.checkFree(member.name, member);
    registry.accounts.checkLimit(member.id, originOf(session));
    const later = { registry, now, effects };
    keepAccount(later, caller, outcome.hash);
    send(later, session, { type: "registered", ref, name: member.name });
  });
}

function keepAccount(turn: Turn, { session, member }: Caller, hash: string): void {
  const { registry, now, effects } = turn;
  const { accounts, restrictions, roles } = registry;
  const account = { id: member.id, name: member.name, hash, room: session.onlyRoom, from: originOf(session) };
  const digest = session.resumable ? session.tokenDigest : undefined;
  accounts.save(account, effects);
  accounts.dropOtherTokens(account, digest, effects);
  if (digest !== undefined) accounts.addToken(account, digest, registry.newId(now), now, effects);
  for (const other of [...member.sessions]) {
    if (other.tokenDigest !== session.tokenDigest) expel(turn, registry.sessions.get(other.id)!, "refused", "closed");
  }
  // An nc user can return from now on, by the password.
  member.canReturn = true;
  member.nameWasUsed = false;
  keepMember(turn, member);
  const isKept = (room: string | undefined) => room === undefined || registry.rooms.get(room)?.kept === true;
  restrictions.keepAll((restriction) => restriction.member?.id === member.id && isKept(restriction.room), effects);
  roles.keepAll((grant) => grant.member.id === member.id && isKept(grant.room), effects);
}

/** Lists the tokens of the member's account. Throws `forbidden` for guests. */
export function sessions(turn: Turn, { session, member }: Caller, { ref }: SessionsCommand): void {
  const { registry } = turn;
  const account = accountOf(registry, member);
  const list = registry.accounts.sessions(account, session.tokenDigest);
  send(turn, session, { type: "sessions", ref, sessions: list });
}

/** Returns the member's account. Throws `forbidden` for guests. */
export function accountOf({ accounts }: Registry, { id, name }: Member): Account {
  const account = accounts.withId(id);
  if (account !== undefined) return account;
  throw new ProtocolError("forbidden", `Name ${quote(name)} is not registered: send register with a password first`);
}

interface Login {
  readonly name: string;
  readonly ref?: string;
  /** The kind of secret that the password already failed to match. It then counts as wrong even if it is never hashed. */
  readonly compared?: SecretKind;
  /** Returns the error for a wrong password; with `last` the connection ends. */
  readonly refuse: (last: boolean) => WrongPassword;
}

/**
 * Throws `rate_limited` if the address or the account has reached its limit of wrong passwords or of comparisons under
 * way. Must be called before any comparison. The `kind` is `account` for a password that can match only an account. If
 * such a password cannot be hashed now, the error comes before any comparison: it might be right, and must not count as wrong.
 */
export function checkLogin({ registry, now }: Turn, session: Session, name: string, kind: SecretKind): void {
  registry.passwordAttempts.check([...session.passwordKeys, accountAttempts(name)], now, kind);
  if (kind === "account") registry.hashTickets.checkFree();
}

/**
 * Calls `then` in a later turn if the command's password is that of the account `name`. Until that is known, it counts as a comparison
 * under way. A wrong one counts even if its connection has closed by then. An unregistered name costs the same work.
 */
export function logIn(turn: Turn, session: Session, login: Login, then: (later: Turn, account: Account) => void): void {
  const { registry } = turn;
  const { name, ref, compared } = login;
  const keys = [...session.passwordKeys, accountAttempts(name)];
  const against = registry.accounts.named(name)?.hash;
  const settle = (hashed: Hashed, now: number) => {
    registry.passwordAttempts.end(keys);
    const isWrong = "busy" in hashed ? compared !== undefined : opened(registry, name, against, hashed) === undefined;
    return isWrong ? login.refuse(registry.passwordAttempts.note(keys, now)) : undefined;
  };
  registry.passwordAttempts.begin(keys);
  const job = { ref, against, settle };
  registry.hashTickets.ask(session, job, turn.now, turn.effects, (hashed, now, effects) => {
    const account = opened(registry, name, against, checkHashed(hashed, compared));
    if (account === undefined) throw login.refuse(registry.passwordAttempts.isLast(keys, now));
    then({ registry, now, effects }, account);
  });
}

/** Returns the account that the password opens; `undefined` if it is wrong, or was changed during the comparison. */
function opened(
  { accounts }: Registry,
  name: string,
  against: string | undefined,
  hashed: Hashed,
): Account | undefined {
  const account = accounts.named(name);
  return account?.hash === against && "matches" in hashed && hashed.matches ? account : undefined;
}

/** The error for a wrong name or password. It does not reveal which names are registered. */
export function wrongLogin(last: boolean): WrongPassword {
  const message = "Wrong name or password: try again, or join by another name";
  return new WrongPassword(message, "account", "account", last);
}
