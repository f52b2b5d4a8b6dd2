import type { Account } from "../state/accounts.ts";
import { accountAttempts, type SecretKind, WrongPassword } from "../state/password_attempts.ts";
import type { Effect, Hashed } from "../effect.ts";
import { checkHashed } from "../state/hash_tickets.ts";
import type { Registry } from "../state/registry.ts";
import type { Session } from "../state/session.ts";

interface Login {
  readonly name: string;
  readonly password: string;
  readonly ref?: string;
  /** The kind of secret that it was compared with before, in vain. It then stays counted even if it is never hashed. */
  readonly compared?: SecretKind;
  /** How to refuse a wrong password; with `last` the connection ends. */
  readonly refuse: (last: boolean) => WrongPassword;
}

/**
 * Throws `rate_limited` if the address or the account has had its wrong passwords, or has as many comparisons under way as
 * it may. Must be called before any comparison. A password that opens nothing but an account, which is the `kind` then,
 * is not compared with anything if it cannot be hashed: it might be right, and must not count as wrong.
 */
export function checkLogin(registry: Registry, session: Session, name: string, kind: SecretKind, now: number): void {
  registry.passwordAttempts.check([...session.passwordKeys, accountAttempts(name)], now, kind);
  if (kind === "account") registry.hashTickets.checkFree();
}

/**
 * Goes on with `then` if the password is that of the account `name`. Until that is known, it counts as a comparison under
 * way. A wrong one counts even if its connection is gone by then. A name that nobody has registered costs the same work.
 */
export function logIn(
  registry: Registry,
  session: Session,
  login: Login,
  now: number,
  then: (account: Account, now: number) => Effect[],
): Effect[] {
  const { name, password, ref, compared } = login;
  const watched = [...session.passwordKeys, accountAttempts(name)];
  const against = registry.accounts.named(name)?.hash;
  const settle = (hashed: Hashed, later: number) => {
    registry.passwordAttempts.end(watched);
    const isWrong = "busy" in hashed ? compared !== undefined : opened(registry, name, against, hashed) === undefined;
    return isWrong ? login.refuse(registry.passwordAttempts.note(watched, later)) : undefined;
  };
  registry.passwordAttempts.begin(watched);
  return registry.hashTickets.ask(session, { ref, password, against, settle }, now, (hashed, later) => {
    const account = opened(registry, name, against, checkHashed(hashed, compared));
    if (account === undefined) throw login.refuse(registry.passwordAttempts.isLast(watched, later));
    return then(account, later);
  });
}

/** The account that the password opens. `undefined` if it is wrong, or was changed while it was compared. */
function opened(
  { accounts }: Registry,
  name: string,
  against: string | undefined,
  hashed: Hashed,
): Account | undefined {
  const account = accounts.named(name);
  return account?.hash === against && "matches" in hashed && hashed.matches ? account : undefined;
}

/** Says the same whether the name is registered or not. */
export function wrongLogin(last: boolean): WrongPassword {
  const message = "Wrong name or password: try again, or join by another name";
  return new WrongPassword(message, "account", "account", last);
}
