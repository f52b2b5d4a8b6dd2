import { assertEquals } from "@std/assert";
import { watchWake } from "../../../src/client/link/wake_watch.ts";
import { WAKE_CHECK_MS, WAKE_GAP_MS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

function setUp() {
  const clock = new FakeClock();
  const life = new AbortController();
  const wakes: number[] = [];
  const start = clock.now();
  watchWake(clock, () => wakes.push(clock.now() - start), life.signal);
  return { clock, life, wakes };
}

Deno.test("a machine that slept is noticed at the next check, each time", () => {
  const { clock, wakes } = setUp();
  clock.advance(WAKE_CHECK_MS + 1);
  clock.jump(60_000);
  clock.advance(WAKE_CHECK_MS);
  clock.jump(WAKE_GAP_MS + 1);
  clock.advance(WAKE_CHECK_MS);
  assertEquals(wakes, [2 * WAKE_CHECK_MS, 3 * WAKE_CHECK_MS]);
});

Deno.test("a late timer and a clock that is set back are no sleep", () => {
  const { clock, wakes, life } = setUp();
  clock.jump(-3_600_000);
  clock.advance(60_000);
  clock.jump(WAKE_GAP_MS);
  clock.advance(60_000);
  assertEquals(wakes, []);
  life.abort();
  assertEquals(clock.timers, 0);
});
