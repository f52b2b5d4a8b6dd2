import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BlockTimes } from "../../../src/client/voice/mod.ts";

Deno.test("blocks that come in bursts have times 20 ms apart", () => {
  const times = new BlockTimes();
  assertEquals([0, 0, 0, 60, 60, 60].map((now) => times.next(now)), [0, 20, 39, 58, 78, 98]);
});

Deno.test("times follow the clock if the microphone is slower or faster, by at most 1 ms a block", () => {
  for (const step of [19.9, 20, 20.1]) {
    const times = new BlockTimes();
    let last = times.next(0);
    for (let index = 1; index < 20_000; index++) {
      const time = times.next(index * step);
      assert(time - last >= 19 && time - last <= 22, `a step of ${time - last}`);
      assert(Math.abs(time - index * step) <= 12, `${time} at ${index * step}`);
      last = time;
    }
  }
});

Deno.test("after a pause of the microphone times are current again", () => {
  const times = new BlockTimes();
  times.next(0);
  assertEquals([times.next(5_000), times.next(5_020)], [5_000, 5_020]);
});

Deno.test("times never go back, and wrap at 2^32", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 100 }), fc.constantFrom(0, 2 ** 32 - 1_000), (steps, start) => {
      const times = new BlockTimes();
      let now = start;
      let last = times.next(now);
      for (const step of steps) {
        const time = times.next(now += step);
        assert(time >= 0 && time < 2 ** 32 && Number.isInteger(time));
        assert(((time - last) | 0) >= 19, `${last} to ${time}`);
        last = time;
      }
    }),
  );
});
