import { MAX_SCRYPT_AT_ONCE, MAX_SCRYPT_WAITING } from "../../protocol/limits.ts";
import { type SecretKind, SecretRefused } from "./password_attempts.ts";
import type { Effect, Hashed } from "../effect.ts";
import type { Session } from "./members/session.ts";

/** Hashes that the server computes or queues at the same time. It refuses further ones. */
const MAX_UNDER_WAY = MAX_SCRYPT_AT_ONCE + MAX_SCRYPT_WAITING;

/** The hash of a command's password. */
interface Job {
  readonly ref?: string;
  /** The hash to compare with. */
  readonly against?: string;
  /**
   * Called with the outcome before the command continues, and also if the connection has closed meanwhile.
   * Returns the refusal of a wrong password.
   */
  readonly settle: (hashed: Hashed, now: number) => SecretRefused | undefined;
}

/** A command that waits for a hash. `then` continues it. */
interface Waiting {
  readonly session: Session;
  readonly ref: string | undefined;
  readonly settle: Job["settle"];
  readonly then: (hashed: Hashed, now: number, effects: Effect[]) => void;
}

/** Commands that continue when a password has been hashed, by ticket. Later commands of the session wait. */
export class HashTickets {
  /** By ticket. */
  readonly #waiting = new Map<number, Waiting>();
  #tickets = 0;

  /** Throws `rate_limited` if the next password would not be hashed. */
  checkFree(): void {
    if (this.#isFull) throw busy();
  }

  /**
   * Adds the effect that requests the hash. `then` may throw a ProtocolError, as a command may. If
   * `MAX_UNDER_WAY` hashes are under way, both callbacks are called at once with `busy`, so at most that many passwords
   * have an unknown outcome.
   */
  ask(session: Session, job: Job, now: number, effects: Effect[], then: Waiting["then"]): void {
    const { ref, against, settle } = job;
    if (this.#isFull) {
      settle({ busy: true }, now);
      return then({ busy: true }, now, effects);
    }
    const ticket = ++this.#tickets;
    this.#waiting.set(ticket, { session, ref, settle, then });
    session.ticket = ticket;
    effects.push({ type: "hash", ticket, against });
  }

  get #isFull(): boolean {
    return this.#waiting.size >= MAX_UNDER_WAY;
  }

  /** Removes a ticket and returns its session and continuation; `undefined` for an unknown ticket. */
  take(ticket: number): Waiting | undefined {
    const waiting = this.#waiting.get(ticket);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(ticket);
    waiting.session.ticket = undefined;
    return waiting;
  }
}

/**
 * Throws `rate_limited` if too many hashes were under way. `guessed` is the kind of secret that did not
 * match before.
 */
export function checkHashed(hashed: Hashed, guessed?: SecretKind): Exclude<Hashed, { busy: true }> {
  if (!("busy" in hashed)) return hashed;
  throw busy(guessed);
}

function busy(guessed?: SecretKind): SecretRefused {
  return new SecretRefused(
    "rate_limited",
    "Too many logins at the moment: try again in 5 seconds",
    { retryAfter: 5 },
    guessed,
  );
}
