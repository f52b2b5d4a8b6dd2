import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  accountAttempts,
  type AttemptKey,
  PasswordAttempts,
  SecretRefused,
} from "../../../src/core/state/password_attempts.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import {
  MAX_ACCOUNT_COMPARISONS,
  MAX_ACCOUNT_WRONG_PASSWORDS,
  MAX_WATCHED_ATTEMPTS,
  MAX_WRONG_PASSWORDS,
  WRONG_PASSWORDS_MS,
} from "../../../src/protocol/limits.ts";

/** Keys with a limit of MAX_WRONG_PASSWORDS each. */
function watch(...keys: readonly string[]): AttemptKey[] {
  return keys.map((key) => ({ key, limit: MAX_WRONG_PASSWORDS }));
}

function waitOf(attempts: PasswordAttempts, keys: readonly AttemptKey[], now: number): number {
  try {
    attempts.check(keys, now);
    return 0;
  } catch (error) {
    return (error as ProtocolError).details.retryAfter!;
  }
}

Deno.test("the third wrong password within a minute locks its key, and each key counts by itself", () => {
  const attempts = new PasswordAttempts();
  assertEquals(MAX_WRONG_PASSWORDS, 3);
  assertEquals([1, 2, 3].map((at) => attempts.note(watch("a", "b"), at)), [false, false, true]);
  assertEquals(attempts.note(watch("c"), 4), false);
  assertEquals(attempts.note(watch("b", "c"), 5), true);
  assertThrows(() => attempts.check(watch("c", "a"), 6), ProtocolError, "try again in 60 s");
});

Deno.test("after a minute the next password may be tried, and counts with those of the last minute", () => {
  const attempts = new PasswordAttempts();
  for (const at of [0, 20_000, 40_000]) attempts.note(watch("a"), at);
  assertEquals(waitOf(attempts, watch("a"), 40_000), 20);
  assertEquals(waitOf(attempts, watch("a"), WRONG_PASSWORDS_MS - 1), 1);
  assertEquals(waitOf(attempts, watch("a"), WRONG_PASSWORDS_MS), 0);
  assertEquals(attempts.note(watch("a"), WRONG_PASSWORDS_MS), true);
  assertEquals(waitOf(attempts, watch("a"), WRONG_PASSWORDS_MS), 20);
});

Deno.test("comparisons under way count towards an own limit until they end, but are no wrong passwords", () => {
  const attempts = new PasswordAttempts();
  const own = [{ key: "a", limit: MAX_WRONG_PASSWORDS, own: true as const }];
  attempts.note(own, 1);
  for (let count = 0; count < 2; count++) attempts.begin(own);
  const refused = assertThrows(
    () => attempts.check(own, 2, "account"),
    ProtocolError,
    "is being checked: try again in 1 s",
  );
  assert(!(refused instanceof SecretRefused));
  assertEquals([refused.code, refused.details, attempts.isLast(own, 2)], ["rate_limited", { retryAfter: 1 }, false]);
  attempts.end(own);
  assertEquals(waitOf(attempts, own, 2), 0);
  for (let count = 0; count < 2; count++) attempts.note(own, 3);
  assertEquals(waitOf(attempts, own, 3), 60);
});

Deno.test("comparisons under way do not count towards a shared limit, and an account has at most MAX_ACCOUNT_COMPARISONS", () => {
  const attempts = new PasswordAttempts();
  const account = accountAttempts("ada");
  for (let count = 0; count < MAX_ACCOUNT_COMPARISONS; count++) {
    assertEquals(waitOf(attempts, [...watch("shared"), account], 1), 0);
    attempts.begin([...watch("shared"), account]);
  }
  assertEquals([waitOf(attempts, watch("shared"), 1), waitOf(attempts, [account], 1)], [0, 1]);
  assertEquals(waitOf(attempts, [accountAttempts("bob")], 1), 0);
  attempts.end([...watch("shared"), account]);
  assertEquals(waitOf(attempts, [account], 1), 0);
});

Deno.test("at most MAX_WATCHED_ATTEMPTS keys are remembered, and the oldest is forgotten first", () => {
  const attempts = new PasswordAttempts();
  for (let key = 0; key < MAX_WATCHED_ATTEMPTS; key++) attempts.note(watch(`${key}`), 1);
  for (let time = 0; time < 2; time++) attempts.note(watch("1"), 1);
  attempts.note(watch("one more"), 1);
  assert(attempts.note(watch("1"), 1));
  assertEquals([1, 2].map(() => attempts.note(watch("0"), 1)), [false, false]);
});

Deno.test("wrong passwords older than a minute are forgotten", () => {
  const attempts = new PasswordAttempts();
  for (const at of [0, 1, 2]) attempts.note(watch("a"), at);
  attempts.forget(WRONG_PASSWORDS_MS + 2);
  assertEquals(waitOf(attempts, watch("a"), 3), 0);
});

Deno.test("each key has a limit of its own, and an account a higher one than an address", () => {
  const attempts = new PasswordAttempts();
  const account = accountAttempts("ADA");
  assertEquals(account, accountAttempts("ada"));
  for (let at = 1; at < MAX_ACCOUNT_WRONG_PASSWORDS; at++) {
    assertEquals(attempts.note([...watch(`address ${at}`), account], at), false);
  }
  assertEquals(waitOf(attempts, [account], 100), 0);
  assertEquals(attempts.note([...watch("one more"), account], 100), true);
  assertEquals(waitOf(attempts, [...watch("another"), account], 100), 60);
});
