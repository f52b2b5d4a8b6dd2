import { MAX_WATCHED_ATTEMPTS, MAX_WRONG_PASSWORDS, WRONG_PASSWORDS_MS } from "../protocol/limits.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { PasswordKind } from "../protocol/messages.ts";

/** A password that opens nothing. After the last one that is allowed the connection ends. */
export class WrongPassword extends ProtocolError {
  readonly last: boolean;

  constructor(message: string, needs: PasswordKind, last: boolean) {
    super("wrong_password", message, { needs });
    this.last = last;
  }
}

/** Wrong passwords of the last `WRONG_PASSWORDS_MS`, by whatever they are counted for: an account, an address, a connection. */
export class Attempts {
  /** Times in order; the key that was noted last at the end. */
  readonly #times = new Map<string, readonly number[]>();

  /** Throws `rate_limited` where one of the keys has had all that it may have. */
  check(keys: readonly string[], now: number): void {
    const wait = Math.max(...keys.map((key) => this.#wait(key, now)));
    if (wait <= 0) return;
    const retryAfter = Math.ceil(wait / 1000);
    throw new ProtocolError("rate_limited", `Too many wrong passwords: try again in ${retryAfter} s`, { retryAfter });
  }

  /** One more. True where it was the last one for some key. */
  note(keys: readonly string[], now: number): boolean {
    for (const key of keys) {
      const times = [...this.#recent(key, now), now];
      this.#times.delete(key);
      this.#times.set(key, times);
    }
    while (this.#times.size > MAX_WATCHED_ATTEMPTS) this.#times.delete(this.#times.keys().next().value!);
    return this.isLast(keys, now);
  }

  isLast(keys: readonly string[], now: number): boolean {
    return keys.some((key) => this.#recent(key, now).length >= MAX_WRONG_PASSWORDS);
  }

  /** What was noted at `at` was none: the password was right. */
  forgive(keys: readonly string[], at: number): void {
    for (const key of keys) {
      const times = [...this.#times.get(key) ?? []];
      const index = times.indexOf(at);
      if (index < 0) continue;
      times.splice(index, 1);
      if (times.length === 0) this.#times.delete(key);
      else this.#times.set(key, times);
    }
  }

  forget(now: number): void {
    for (const [key, times] of this.#times) {
      if (times.at(-1)! > now - WRONG_PASSWORDS_MS) break;
      this.#times.delete(key);
    }
  }

  #wait(key: string, now: number): number {
    const times = this.#recent(key, now);
    return times.length < MAX_WRONG_PASSWORDS ? 0 : times.at(-MAX_WRONG_PASSWORDS)! + WRONG_PASSWORDS_MS - now;
  }

  #recent(key: string, now: number): readonly number[] {
    return (this.#times.get(key) ?? []).filter((at) => at > now - WRONG_PASSWORDS_MS);
  }
}
