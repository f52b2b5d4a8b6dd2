/** Passwords of accounts, which are hashed slowly: the command waits until the server has done that. */

import type { Hashed } from "../effect.ts";
import type { Account } from "../state/accounts.ts";
import { checkHashed, type HashTicket } from "../state/hash_tickets.ts";
import type { Session } from "../state/members/session.ts";
import { accountAttempts, type SecretKind, WrongPassword } from "../state/password_attempts.ts";
import type { Registry } from "../state/registry.ts";
import type { Turn } from "../turn.ts";
import { isClosed, wrongEntrance } from "./access.ts";

const BUSY = { busy: true } as const;

/**
 * Throws `rate_limited` if the address or the account has reached its limit of wrong passwords or of comparisons under
 * way. Must be called before any comparison. The `kind` is `account` for a password that can match only an account. If
 * such a password cannot be hashed now, the error comes before any comparison: it might be right, and must not count as wrong.
 */
export function checkLogin({ registry, now }: Turn, session: Session, name: string, kind: SecretKind): void {
  registry.passwordAttempts.check(loginKeys(session, name), now, kind);
  if (kind === "account") registry.hashTickets.checkFree();
}

/**
 * Has the command's password compared with that of the account `name`; the command continues in a later turn. Until then it
 * counts as a comparison under way. A wrong one counts even if its connection has closed by then. An unregistered name costs
 * the same work. `compared` is the kind of secret that the password already failed to match.
 */
export function startLogin(
  turn: Turn,
  session: Session,
  command: HashTicket["command"],
  { name, compared }: { readonly name: string; readonly compared?: SecretKind },
): void {
  const against = turn.registry.accounts.named(name)?.hash;
  startHash(turn, { session, command, keys: loginKeys(session, name), login: { name, against, compared } });
}

function loginKeys(session: Session, name: string) {
  return [...session.passwordKeys, accountAttempts(name)];
}

/** Has the command's password hashed. Throws `rate_limited` if too many hashes are under way. */
export function startHash(turn: Turn, waiting: HashTicket): void {
  const { passwordAttempts, hashTickets } = turn.registry;
  passwordAttempts.begin(waiting.keys);
  if (hashTickets.add(waiting, turn.effects)) return;
  settleHash(turn, waiting, BUSY);
  checkHashed(BUSY, waiting.login?.compared);
}

/** Ends the comparison, also if the connection has closed meanwhile, and counts a wrong password. Returns its refusal. */
export function settleHash(
  { registry, now }: Turn,
  { command, keys, login }: HashTicket,
  hashed: Hashed,
): WrongPassword | undefined {
  registry.passwordAttempts.end(keys);
  if (login === undefined) return undefined;
  const isWrong = "busy" in hashed ? login.compared !== undefined : opened(registry, login, hashed) === undefined;
  return isWrong ? wrongLogin(registry, command, registry.passwordAttempts.note(keys, now)) : undefined;
}

/** Returns the account that the password opens, once that is settled. Throws `wrong_password`, or `rate_limited` if busy. */
export function openAccount({ registry, now }: Turn, { command, keys, login }: HashTicket, hashed: Hashed): Account {
  const account = opened(registry, login!, checkHashed(hashed, login!.compared));
  if (account === undefined) throw wrongLogin(registry, command, registry.passwordAttempts.isLast(keys, now));
  return account;
}

/** Returns the account that the password opens; `undefined` if it is wrong, or was changed during the comparison. */
function opened(
  { accounts }: Registry,
  { name, against }: NonNullable<HashTicket["login"]>,
  hashed: Hashed,
): Account | undefined {
  const account = accounts.named(name);
  return account?.hash === against && "matches" in hashed && hashed.matches ? account : undefined;
}

/**
 * The error for a wrong name or password. It does not reveal which names are registered: at the entrance of a closed server
 * each name costs the same and gets the same answer.
 */
function wrongLogin(registry: Registry, { type }: HashTicket["command"], last: boolean): WrongPassword {
  if (type === "join" && isClosed(registry)) return wrongEntrance(registry, last);
  const message = "Wrong name or password: try again, or join by another name";
  return new WrongPassword(message, "account", "account", last);
}
