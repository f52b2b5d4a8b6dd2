import { assert, assertEquals } from "@std/assert";
import { Pacer } from "../../../src/client/delivery/pacer.ts";
import { TokenBucket } from "../../../src/core/state/token_bucket.ts";

/** The times at which `count` messages are sent, each as early as the pacer allows. */
function schedule(pacer: Pacer, count: number, start: number): number[] {
  let now = start;
  return Array.from({ length: count }, () => {
    for (let ms = pacer.waitMs(now); ms > 0; ms = pacer.waitMs(now)) now += ms;
    pacer.take();
    return now;
  });
}

Deno.test("a burst is sent at once and the rest a little slower than the server's rate", () => {
  const pacer = new Pacer();
  pacer.setRate({ perSecond: 5, burst: 20 });
  const times = schedule(pacer, 30, 1_000);
  assertEquals(times.filter((at) => at === 1_000).length, 19);
  const gaps = times.slice(20).map((at, index) => at - times[19 + index]!);
  assert(gaps.every((gap) => gap > 200 && gap < 220), gaps.join());
});

Deno.test("the server's token bucket never refuses a message that the pacer allows", () => {
  for (const rate of [{ perSecond: 5, burst: 20 }, { perSecond: 0.5, burst: 1 }, { perSecond: 100, burst: 3 }]) {
    const pacer = new Pacer();
    pacer.setRate(rate);
    const server = new TokenBucket(rate, 0);
    for (const at of schedule(pacer, 200, 0)) assertEquals(server.take(at), 0);
  }
});

Deno.test("without a rate no message waits", () => {
  const pacer = new Pacer();
  pacer.setRate(undefined);
  assertEquals(schedule(pacer, 1_000, 5).at(-1), 5);
  assert(pacer.isAmple(5));
});

Deno.test("after a refusal the pacer waits, allows one message, and then keeps the rate", () => {
  const pacer = new Pacer();
  pacer.setRate({ perSecond: 10, burst: 20 });
  pacer.hold(5_000);
  assert(!pacer.isAmple(1_000));
  const times = schedule(pacer, 3, 1_000);
  assertEquals(times, [5_000, 5_106, 5_211]);
});

Deno.test("setting the same rate again keeps the remaining tokens", () => {
  const pacer = new Pacer();
  pacer.setRate({ perSecond: 1, burst: 5 });
  schedule(pacer, 4, 0);
  pacer.setRate({ perSecond: 1, burst: 5 });
  assert(pacer.waitMs(0) > 0);
});

Deno.test("invalid rates still let messages through eventually", () => {
  for (const rate of [{ perSecond: 0, burst: 0 }, { perSecond: -1, burst: -5 }, { perSecond: Infinity, burst: 2 }]) {
    const pacer = new Pacer();
    pacer.setRate(rate);
    assert(Number.isFinite(schedule(pacer, 3, 0).at(-1)));
  }
});
