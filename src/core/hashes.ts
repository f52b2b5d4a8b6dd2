import { type SecretKind, SecretRefused } from "./attempts.ts";
import type { Effect, Hashed } from "./effect.ts";
import type { Session } from "./session.ts";

interface Waiting {
  readonly session: Session;
  readonly ref: string | undefined;
  readonly then: (hashed: Hashed, now: number) => Effect[];
}

/** Commands that go on when a password has been hashed. Whoever waits for one says nothing else meanwhile. */
export class Hashes {
  readonly #waiting = new Map<number, Waiting>();
  #tickets = 0;

  /** `then` may throw a ProtocolError, as a command may. `against` is the hash to compare with. */
  ask(
    session: Session,
    { ref, password, against }: { readonly ref?: string; readonly password: string; readonly against?: string },
    then: Waiting["then"],
  ): Effect[] {
    const ticket = ++this.#tickets;
    this.#waiting.set(ticket, { session, ref, then });
    session.ticket = ticket;
    return [{ type: "hash", ticket, password, against }];
  }

  /** Whose command goes on, and how; undefined where nobody waits for it. */
  take(ticket: number): Waiting | undefined {
    const waiting = this.#waiting.get(ticket);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(ticket);
    waiting.session.ticket = undefined;
    return waiting;
  }
}

/** Throws `rate_limited` where too many waited already. `guessed` is what the password was compared with before, in vain. */
export function unlessBusy(hashed: Hashed, guessed?: SecretKind): Exclude<Hashed, { busy: true }> {
  if (!("busy" in hashed)) return hashed;
  const message = "Too many log in at the moment: try again in 5 s";
  throw new SecretRefused("rate_limited", message, { retryAfter: 5 }, guessed);
}
