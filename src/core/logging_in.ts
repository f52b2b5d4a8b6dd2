import type { Account } from "./accounts.ts";
import { type SecretKind, watchedAccount, WrongPassword } from "./attempts.ts";
import type { Effect } from "./effect.ts";
import { unlessBusy } from "./hashes.ts";
import type { Registry } from "./registry.ts";
import type { Session } from "./session.ts";

interface Login {
  readonly name: string;
  readonly password: string;
  readonly ref?: string;
  /** The kind of secret that it was compared with before, in vain. It then stays counted even if it is never hashed. */
  readonly compared?: SecretKind;
  /** How to refuse a wrong password; with `last` the connection ends. */
  readonly refuse: (last: boolean) => WrongPassword;
}

/** Throws `rate_limited` if the address or the account has had its wrong passwords. Must be called before any comparison. */
export function checkLogin(registry: Registry, session: Session, name: string, kind: SecretKind, now: number): void {
  registry.attempts.check([...session.watched, watchedAccount(name)], now, kind);
}

/**
 * Goes on with `then` if the password is that of the account `name`. It counts as wrong until that is known, so that many
 * cannot be tried at once. A name that nobody has registered costs the same work.
 */
export function logIn(
  registry: Registry,
  session: Session,
  login: Login,
  now: number,
  then: (account: Account, now: number) => Effect[],
): Effect[] {
  const { name, password, ref, compared } = login;
  const watched = [...session.watched, watchedAccount(name)];
  const against = registry.accounts.named(name)?.hash;
  registry.attempts.note(watched, now);
  return registry.hashes.ask(session, { ref, password, against }, (hashed, later) => {
    if ("busy" in hashed && compared === undefined) registry.attempts.forgive(watched, now);
    const outcome = unlessBusy(hashed, compared);
    const account = registry.accounts.named(name);
    // The password may have changed while it was compared.
    if (account === undefined || account.hash !== against || !("matches" in outcome) || !outcome.matches) {
      throw login.refuse(registry.attempts.isLast(watched, later));
    }
    registry.attempts.forgive(watched, now);
    return then(account, later);
  });
}

/** Says the same whether the name is registered or not. */
export function wrongLogin(last: boolean): WrongPassword {
  const message = "Wrong name or password: try again, or join by another name";
  return new WrongPassword(message, "account", "account", last);
}
