import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BLOCK_SAMPLES, levelOf, silentBlock, SoundMeter, VoiceMixer } from "../../../src/client/voice/mod.ts";
import { decibelsOf } from "../../../src/client/voice/sound_level.ts";
import { crossFade, fadeOut, mixBlocks } from "../../../src/client/voice/sound_mix.ts";
import { NumberDecoder, numbered } from "./numbered_voice.ts";

function filled(value: number): Float32Array<ArrayBuffer> {
  return new Float32Array(BLOCK_SAMPLES).fill(value);
}

Deno.test("a sum of voices never leaves -1 to 1, keeps its sign, and is the plain sum where that is small", () => {
  const sample = fc.float({ min: -1, max: 1, noNaN: true });
  fc.assert(fc.property(fc.array(sample, { minLength: 0, maxLength: 3 }), (samples) => {
    const mixed = mixBlocks(samples.map(filled))[0]!;
    const sum = samples.reduce((total, value) => total + value, 0);
    assert(Math.abs(mixed) <= 1);
    assert(Math.sign(mixed) === Math.sign(Math.fround(sum)) || Math.abs(sum) < 1e-6, `${sum} becomes ${mixed}`);
    if (Math.abs(sum) < 0.7) assert(Math.abs(mixed - sum) < 1e-6, `${sum} becomes ${mixed}`);
  }));
});

Deno.test("one voice passes as it is, and none is silence", () => {
  assertEquals([mixBlocks([filled(0.99)]), mixBlocks([])], [filled(0.99), silentBlock()]);
});

Deno.test("fades begin with the one block and end with the other", () => {
  const faded = crossFade(filled(1), filled(-1));
  assertEquals([faded[0], faded[480]], [1, 0]);
  assert(Math.abs(faded.at(-1)! + 1) < 0.01 && Math.abs(fadeOut(filled(1)).at(-1)!) < 0.01);
});

Deno.test("three streams are mixed, each is measured, and one that is removed is closed and silent", () => {
  using mixer = new VoiceMixer();
  const decoders = [1, 2, 3].map(() => new NumberDecoder());
  decoders.forEach((decoder, index) => mixer.add(index + 1, decoder));
  for (const stream of [1, 2, 3]) mixer.push(stream, 0, numbered(stream * 100), 0);
  mixer.push(9, 0, numbered(1), 0);
  assert(Math.abs(mixer.next(60)[0]! - 0.6) < 1e-6);
  assertEquals([1, 2, 3, 9].map((stream) => mixer.meter(stream)?.speaks), [true, true, true, undefined]);
  mixer.remove(2);
  assertEquals([decoders.map(({ closed }) => closed), mixer.delay(1), mixer.delay(2)], [
    [false, true, false],
    60,
    undefined,
  ]);
  mixer.push(2, 20, numbered(5), 20);
  for (let now = 80; now < 2_000; now += 20) mixer.next(now);
  assertEquals([mixer.next(2_000), mixer.meter(1)?.level], [silentBlock(), 0]);
});

Deno.test("a stream that begins anew gets the new decoder, and all are closed at the end", () => {
  const decoders = [new NumberDecoder(), new NumberDecoder()];
  {
    using mixer = new VoiceMixer();
    for (const decoder of decoders) mixer.add(1, decoder);
    assertEquals(decoders.map(({ closed }) => closed), [true, false]);
  }
  assertEquals(decoders.map(({ closed }) => closed), [true, true]);
});

Deno.test("levels go from 0 at -60 dB to 1 at -10 dB, and silence is -100 dB", () => {
  assertEquals([decibelsOf(filled(1)), decibelsOf(silentBlock())], [0, -100]);
  assertEquals([1, 0.5, 0.001, 0].map((value) => levelOf(filled(value))).map((level) => Math.round(level * 100)), [
    100,
    100,
    0,
    0,
  ]);
  assert(Math.abs(levelOf(filled(10 ** (-35 / 20))) - 0.5) < 1e-6);
});

Deno.test("a meter rises at once and falls in half a second", () => {
  const meter = new SoundMeter();
  meter.add(filled(1));
  assertEquals([meter.level, meter.speaks], [1, true]);
  for (let block = 0; block < 15; block++) meter.add(undefined);
  assert(meter.level > 0.3 && meter.speaks);
  for (let block = 0; block < 11; block++) meter.add(silentBlock());
  assertEquals([meter.level, meter.speaks], [0, false]);
});
