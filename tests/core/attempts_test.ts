import { assert, assertEquals, assertThrows } from "@std/assert";
import { Attempts } from "../../src/core/attempts.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { MAX_WATCHED_ATTEMPTS, MAX_WRONG_PASSWORDS, WRONG_PASSWORDS_MS } from "../../src/protocol/limits.ts";

function waitOf(attempts: Attempts, keys: readonly string[], now: number): number {
  try {
    attempts.check(keys, now);
    return 0;
  } catch (error) {
    return (error as ProtocolError).details.retryAfter!;
  }
}

Deno.test("the third wrong password within a minute is the last, for each key alone", () => {
  const attempts = new Attempts();
  assertEquals(MAX_WRONG_PASSWORDS, 3);
  assertEquals([1, 2, 3].map((at) => attempts.note(["a", "b"], at)), [false, false, true]);
  assertEquals(attempts.note(["c"], 4), false);
  assertEquals(attempts.note(["b", "c"], 5), true);
  assertThrows(() => attempts.check(["c", "a"], 6), ProtocolError, "try again in 60 s");
});

Deno.test("after a minute the next may be tried, and is counted with those of the last minute", () => {
  const attempts = new Attempts();
  for (const at of [0, 20_000, 40_000]) attempts.note(["a"], at);
  assertEquals(waitOf(attempts, ["a"], 40_000), 20);
  assertEquals(waitOf(attempts, ["a"], WRONG_PASSWORDS_MS - 1), 1);
  assertEquals(waitOf(attempts, ["a"], WRONG_PASSWORDS_MS), 0);
  assertEquals(attempts.note(["a"], WRONG_PASSWORDS_MS), true);
  assertEquals(waitOf(attempts, ["a"], WRONG_PASSWORDS_MS), 20);
});

Deno.test("what turns out right was no wrong one", () => {
  const attempts = new Attempts();
  for (const at of [1, 2, 3]) attempts.note(["a"], at);
  attempts.forgive(["a", "b"], 2);
  assertEquals(waitOf(attempts, ["a"], 4), 0);
  assertEquals(attempts.isLast(["a"], 4), false);
  attempts.forgive(["a"], 2);
  assertEquals(attempts.note(["a"], 5), true);
});

Deno.test("no more keys are remembered than MAX_WATCHED_ATTEMPTS, the oldest are forgotten first", () => {
  const attempts = new Attempts();
  for (let key = 0; key < MAX_WATCHED_ATTEMPTS; key++) attempts.note([`${key}`], 1);
  for (let time = 0; time < 2; time++) attempts.note(["1"], 1);
  attempts.note(["one more"], 1);
  assert(attempts.note(["1"], 1));
  assertEquals([1, 2].map(() => attempts.note(["0"], 1)), [false, false]);
});

Deno.test("what is over is forgotten", () => {
  const attempts = new Attempts();
  for (const at of [0, 1, 2]) attempts.note(["a"], at);
  attempts.forget(WRONG_PASSWORDS_MS + 2);
  attempts.forgive(["a"], 2);
  assertEquals(waitOf(attempts, ["a"], 3), 0);
});
