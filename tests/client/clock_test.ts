import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/client/clock.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

Deno.test("the system clock calls back after the delay", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = systemClock.now();
  systemClock.after(1, resolve, new AbortController().signal);
  await promise;
  assert(systemClock.now() >= before);
});

Deno.test("the system clock has no timer left once its signal is aborted, before or after the call", () => {
  const life = new AbortController();
  systemClock.after(60_000, () => assert(false), life.signal);
  life.abort();
  systemClock.after(60_000, () => assert(false), life.signal);
});

Deno.test("the tests' clock runs timers in the order in which they are due, including timers set meanwhile", () => {
  const clock = new FakeClock(0);
  const calls: string[] = [];
  clock.after(20, () => calls.push(`b at ${clock.now()}`));
  clock.after(10, () => {
    calls.push(`a at ${clock.now()}`);
    clock.after(5, () => calls.push(`c at ${clock.now()}`));
  });
  clock.advance(19);
  assertEquals(calls, ["a at 10", "c at 15"]);
  assertEquals(clock.timers, 1);
});
