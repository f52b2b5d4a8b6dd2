import { assert, assertEquals } from "@std/assert";
import { Resampler } from "../../../../src/web/calls/devices/resampler.ts";

const HERTZ = 440;

function tone(rate: number, from: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin(2 * Math.PI * HERTZ * (from + index) / rate));
}

Deno.test("a tone of any rate keeps its pitch and its level, however its samples are cut", () => {
  for (const rate of [8_000, 16_000, 44_100, 48_000, 96_000]) {
    for (const length of [1, 7, 128, 1_000]) {
      const resampler = new Resampler(rate);
      const made: number[] = [];
      for (let from = 0; from < rate / 2; from += length) made.push(...resampler.resample(tone(rate, from, length)));
      const expected = tone(48_000, 0, made.length);
      const error = Math.max(...made.map((sample, index) => Math.abs(sample - expected[index]!)));
      assert(error < 0.05, `${error} at ${rate}`);
      assert(Math.abs(made.length - 24_000) <= length * 48_000 / rate + 1, `${made.length} samples of ${rate}`);
    }
  }
});

Deno.test("nothing becomes nothing", () => {
  assertEquals(new Resampler(44_100).resample(new Float32Array(0)).length, 0);
});
