import { assertEquals } from "@std/assert";
import { Heartbeat } from "../../../src/client/link/heartbeat.ts";
import { LINK_CHECK_MS, PING_INTERVAL_MS, PING_TIMEOUT_MS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

function setUp() {
  const clock = new FakeClock(0);
  const life = new AbortController();
  const calls: string[] = [];
  const heartbeat = new Heartbeat({
    clock,
    signal: life.signal,
    ping: () => calls.push(`ask ${clock.now()}`),
    onDead: (silentMs) => calls.push(`dead ${clock.now()} after ${silentMs}`),
  });
  return { clock, life, calls, heartbeat };
}

Deno.test("a silent link is pinged once per interval and then declared dead", () => {
  const { clock, calls } = setUp();
  clock.advance(10 * PING_TIMEOUT_MS);
  const asked = [PING_INTERVAL_MS, 2 * PING_INTERVAL_MS].map((at) => `ask ${at}`);
  assertEquals(calls, [...asked, `dead ${PING_TIMEOUT_MS} after ${PING_TIMEOUT_MS}`]);
  assertEquals(clock.timers, 0);
});

Deno.test("a link with regular data is never pinged", () => {
  const { clock, calls, heartbeat, life } = setUp();
  for (let count = 0; count < 100; count++) {
    clock.advance(PING_INTERVAL_MS - 1);
    heartbeat.received();
  }
  assertEquals(calls, []);
  life.abort();
  assertEquals(clock.timers, 0);
});

Deno.test("silence is measured from the last data, not from the last check", () => {
  const { clock, calls, heartbeat } = setUp();
  clock.advance(10_000);
  heartbeat.received();
  clock.advance(PING_INTERVAL_MS);
  assertEquals(calls, [`ask ${10_000 + PING_INTERVAL_MS}`]);
});

Deno.test("a wall clock that jumps ahead or back changes nothing", () => {
  for (const jump of [5 * 60_000, -60 * 60_000]) {
    const { clock, calls, heartbeat } = setUp();
    clock.advance(PING_INTERVAL_MS - 1);
    clock.jump(jump);
    heartbeat.received();
    clock.advance(PING_INTERVAL_MS - 1);
    assertEquals(calls, []);
    clock.advance(PING_TIMEOUT_MS);
    assertEquals(calls.length, 3);
  }
});

Deno.test("a check pings at once, and declares the link dead after LINK_CHECK_MS without data", () => {
  const { clock, calls, heartbeat } = setUp();
  clock.advance(1_000);
  heartbeat.check();
  heartbeat.check();
  assertEquals(calls, ["ask 1000"]);
  clock.advance(LINK_CHECK_MS);
  assertEquals(calls, ["ask 1000", `dead ${1_000 + LINK_CHECK_MS} after ${LINK_CHECK_MS}`]);
});

Deno.test("data ends a check, and the next check begins anew", () => {
  const { clock, calls, heartbeat, life } = setUp();
  heartbeat.check();
  heartbeat.received();
  clock.advance(LINK_CHECK_MS - 1);
  heartbeat.check();
  clock.advance(1);
  assertEquals(calls, ["ask 0", `ask ${LINK_CHECK_MS - 1}`]);
  clock.advance(LINK_CHECK_MS - 1);
  assertEquals(calls.length, 3);
  life.abort();
  heartbeat.check();
  assertEquals(calls.length, 3);
});
