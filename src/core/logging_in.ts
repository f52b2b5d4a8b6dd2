import { foldCase } from "../protocol/names.ts";
import type { Account } from "./accounts.ts";
import { WrongPassword } from "./attempts.ts";
import type { Effect } from "./effect.ts";
import { unlessBusy } from "./hashes.ts";
import type { Registry } from "./registry.ts";
import type { Session } from "./session.ts";

interface Login {
  readonly name: string;
  readonly password: string;
  readonly ref?: string;
}

/**
 * Goes on with `then` where the password is that of the account `name`. It counts as wrong until that is known, so that many
 * cannot be tried at once. A name that nobody has registered costs the same work.
 */
export function logIn(
  registry: Registry,
  session: Session,
  login: Login,
  now: number,
  then: (account: Account, now: number) => Effect[],
): Effect[] {
  const { name, password, ref } = login;
  const keys = [session.attemptKey, `account ${foldCase(name)}`];
  const against = registry.accounts.named(name)?.hash;
  registry.attempts.check(keys, now);
  registry.attempts.note(keys, now);
  return registry.hashes.ask(session, { ref, password, against }, (hashed, later) => {
    if ("busy" in hashed) registry.attempts.forgive(keys, now);
    const outcome = unlessBusy(hashed);
    const account = registry.accounts.named(name);
    // The password may have changed while it was compared.
    if (account === undefined || account.hash !== against || !("matches" in outcome) || !outcome.matches) {
      const last = registry.attempts.isLast(keys, later);
      throw new WrongPassword("Wrong name or password: try again, or join by another name", "account", last);
    }
    registry.attempts.forgive(keys, now);
    return then(account, later);
  });
}
