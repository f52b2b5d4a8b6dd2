import {
  MAX_ACCOUNT_COMPARISONS,
  MAX_ACCOUNT_WRONG_PASSWORDS,
  MAX_REGISTRATIONS_AT_ONCE,
  MAX_WATCHED_ATTEMPTS,
  WRONG_PASSWORDS_MS,
} from "../../protocol/limits.ts";
import { type ErrorCode, type ErrorDetails, ProtocolError } from "../../protocol/errors.ts";
import type { PasswordKind } from "../../protocol/errors.ts";
import { foldName } from "../../protocol/text/names.ts";

/** The kinds of secret that a password may match. */
export type SecretKind = PasswordKind | "invite";

/** The refusal of a password that is wrong, or that is not compared at all. */
export class SecretRefused extends ProtocolError {
  /** For the log: the kind of secret that was guessed. `undefined` if no password was sent. */
  readonly guessed: SecretKind | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails, guessed: SecretKind | undefined) {
    super(code, message, details);
    this.guessed = guessed;
  }
}

/** The refusal of a password that is missing or wrong. With `last`, the server closes the connection. */
export class WrongPassword extends SecretRefused {
  readonly last: boolean;

  constructor(message: string, needs: PasswordKind, guessed?: SecretKind, last = false) {
    super("wrong_password", message, { needs }, guessed);
    this.last = last;
  }
}

/** A key that wrong passwords are counted for. */
export interface AttemptKey {
  readonly key: string;
  /** Wrong passwords that are allowed in `WRONG_PASSWORDS_MS`. */
  readonly limit: number;
  /**
   * True for the key of one address or connection: comparisons under way count towards `limit`, since
   * each may fail.
   */
  readonly own?: true;
  /** Comparisons that may be under way at the same time. */
  readonly atOnce?: number;
}

/** The key of all registrations together. None of them is a wrong password. */
export const REGISTRATIONS: AttemptKey = { key: "register", limit: Infinity, atOnce: MAX_REGISTRATIONS_AT_ONCE };

/**
 * The key of the account with this name, whether it exists or not. A stranger has only the few attempts of their
 * address, so this limit is against strangers at many addresses.
 */
export function accountAttempts(name: string): AttemptKey {
  return {
    key: `account ${foldName(name)}`,
    limit: MAX_ACCOUNT_WRONG_PASSWORDS,
    atOnce: MAX_ACCOUNT_COMPARISONS,
  };
}

/** The wrong passwords of the last `WRONG_PASSWORDS_MS`, and the comparisons under way, by key. */
export class PasswordAttempts {
  /** The times of wrong passwords, oldest first. The key with the newest one is last. */
  private readonly times = new Map<string, readonly number[]>();
  /** The number of comparisons under way; never 0. */
  private readonly pending = new Map<string, number>();

  /**
   * Throws `rate_limited` if one of the keys has reached its limit. Must be called before a password is compared with
   * anything. If only comparisons under way fill the limit, no secret was guessed: the error is not a `SecretRefused`.
   */
  check(keys: readonly AttemptKey[], now: number, guessed?: SecretKind): void {
    const wait = Math.max(...keys.map((each) => this.wait(each, now)));
    if (wait <= 0) return this.checkPending(keys, now);
    const retryAfter = Math.ceil(wait / 1000);
    const message = `Too many wrong passwords: try again in ${retryAfter} seconds`;
    throw new SecretRefused("rate_limited", message, { retryAfter }, guessed);
  }

  /** Counts one wrong password. True if one of the keys has reached its limit. */
  note(keys: readonly AttemptKey[], now: number): boolean {
    for (const { key } of keys) {
      const times = [...this.recent(key, now), now];
      this.times.delete(key);
      this.times.set(key, times);
    }
    while (this.times.size > MAX_WATCHED_ATTEMPTS) this.times.delete(this.times.keys().next().value!);
    return this.isLast(keys, now);
  }

  /** Whether one of the keys has reached its limit. */
  isLast(keys: readonly AttemptKey[], now: number): boolean {
    return keys.some(({ key, limit }) => this.recent(key, now).length >= limit);
  }

  /** Counts a comparison that has begun. `end` must follow, whatever the result. */
  begin(keys: readonly AttemptKey[]): void {
    for (const { key } of keys) this.pending.set(key, this.pendingOf(key) + 1);
  }

  /** Ends the count of a comparison. If the password was wrong, `note` must be called as well. */
  end(keys: readonly AttemptKey[]): void {
    for (const { key } of keys) {
      const left = this.pendingOf(key) - 1;
      if (left > 0) this.pending.set(key, left);
      else this.pending.delete(key);
    }
  }

  /** Drops the keys without a wrong password in the last `WRONG_PASSWORDS_MS`. */
  forget(now: number): void {
    for (const [key, times] of this.times) {
      if (times.at(-1)! > now - WRONG_PASSWORDS_MS) break;
      this.times.delete(key);
    }
  }

  private checkPending(keys: readonly AttemptKey[], now: number): void {
    if (!keys.some((each) => this.isFull(each, now))) return;
    const message = "Another password is being checked: try again in 1 second";
    throw new ProtocolError("rate_limited", message, { retryAfter: 1 });
  }

  private isFull({ key, limit, own, atOnce = Infinity }: AttemptKey, now: number): boolean {
    const pending = this.pendingOf(key);
    return pending >= atOnce || (own === true && pending + this.recent(key, now).length >= limit);
  }

  private pendingOf(key: string): number {
    return this.pending.get(key) ?? 0;
  }

  /** Milliseconds until the key is below its limit; 0 or less if it is now. */
  private wait({ key, limit }: AttemptKey, now: number): number {
    const times = this.recent(key, now);
    return times.length < limit ? 0 : times.at(-limit)! + WRONG_PASSWORDS_MS - now;
  }

  private recent(key: string, now: number): readonly number[] {
    return (this.times.get(key) ?? []).filter((at) => at > now - WRONG_PASSWORDS_MS);
  }
}
