import { assertEquals } from "@std/assert";
import { Heartbeat } from "../../../src/client/link/heartbeat.ts";
import { PING_INTERVAL_MS, PING_TIMEOUT_MS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

function setUp() {
  const clock = new FakeClock(0);
  const life = new AbortController();
  const calls: string[] = [];
  const heartbeat = new Heartbeat({
    clock,
    signal: life.signal,
    ping: () => calls.push(`ask ${clock.now()}`),
    onDead: () => calls.push(`dead ${clock.now()}`),
  });
  return { clock, life, calls, heartbeat };
}

Deno.test("a silent link is pinged once per interval and then declared dead", () => {
  const { clock, calls } = setUp();
  clock.advance(10 * PING_TIMEOUT_MS);
  const asked = [PING_INTERVAL_MS, 2 * PING_INTERVAL_MS].map((at) => `ask ${at}`);
  assertEquals(calls, [...asked, `dead ${PING_TIMEOUT_MS}`]);
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

Deno.test("a clock that is set back neither ends a live link nor keeps a silent one", () => {
  const { clock, calls, heartbeat } = setUp();
  heartbeat.received();
  clock.setBack(3_600_000);
  clock.advance(PING_INTERVAL_MS);
  assertEquals(calls, []);
  clock.advance(PING_TIMEOUT_MS);
  assertEquals(calls.length, 3);
});
