import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { TokenBucket } from "../../../src/core/state/token_bucket.ts";

Deno.test("a full bucket gives its burst at once, then tokens at its rate", () => {
  const limiter = new TokenBucket({ perSecond: 5, burst: 3 }, 1_000);
  assertEquals([1, 2, 3].map(() => limiter.take(1_000)), [0, 0, 0]);
  assertAlmostEquals(limiter.take(1_000), 0.2);
  assertAlmostEquals(limiter.take(1_100), 0.1);
  assertEquals(limiter.take(1_200), 0);
  assertAlmostEquals(limiter.take(1_200), 0.2);
});

Deno.test("an idle bucket fills up to its burst and no further", () => {
  const limiter = new TokenBucket({ perSecond: 5, burst: 3 }, 0);
  limiter.take(0);
  assertEquals([1, 2, 3].map(() => limiter.take(3_600_000)), [0, 0, 0]);
  assert(limiter.take(3_600_000) > 0);
});

Deno.test("a clock that goes back neither adds nor removes tokens", () => {
  const limiter = new TokenBucket({ perSecond: 1, burst: 2 }, 10_000);
  assertEquals(limiter.take(5_000), 0);
  assertEquals(limiter.take(5_000), 0);
  assertEquals(limiter.take(5_000), 1);
  assertEquals(limiter.take(6_000), 0);
});

Deno.test("a rate below one a second works", () => {
  const limiter = new TokenBucket({ perSecond: 0.5, burst: 1 }, 0);
  assertEquals(limiter.take(0), 0);
  assertEquals(limiter.take(0), 2);
  assertEquals(limiter.take(2_000), 0);
});

Deno.test("a take after the returned waiting time, rounded up to a millisecond, succeeds", () => {
  const rate = fc.record({
    perSecond: fc.constantFrom(0.3, 0.7, 1, 3, 5, 7, 10, 33),
    burst: fc.integer({ min: 1, max: 9 }),
  });
  const steps = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(rate, steps, (given, pauses) => {
      let now = 1_767_323_045_678;
      const limiter = new TokenBucket(given, now);
      for (const pause of pauses) {
        const wait = limiter.take(now += pause);
        if (wait > 0) assertEquals(limiter.take(now += Math.ceil(wait * 1_000)), 0);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("no sequence of takes gets more than the burst plus the rate over time", () => {
  const steps = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 100 });
  fc.assert(fc.property(steps, (pauses) => {
    const limiter = new TokenBucket({ perSecond: 5, burst: 4 }, 0);
    let now = 0;
    let passed = 0;
    for (const pause of pauses) if (limiter.take(now += pause) === 0) passed++;
    assert(passed <= 4 + (now / 1_000) * 5 + 1e-6, `${passed} passed in ${now} ms`);
  }));
});
