import { assert, assertEquals } from "@std/assert";
import { blocksOf, encodePcm, waveHead } from "../../../src/cli/sound/pcm.ts";
import { BLOCK_SAMPLES } from "../../../src/client/voice/mod.ts";

/** A ramp over the whole range, over three blocks. */
const RAMP = Float32Array.from({ length: 3 * BLOCK_SAMPLES }, (_, index) => index / (1.5 * BLOCK_SAMPLES) - 1);

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield await Promise.resolve(bytes.subarray(from, from + size));
}

Deno.test("samples come back as they were, however their bytes are cut", async () => {
  const bytes = encodePcm(RAMP);
  for (const size of [1, 2, 3, 7, 959, 1_919, 1_920, 1_921, 5_760]) {
    const blocks = await Array.fromAsync(blocksOf(chunksOf(bytes, size)));
    assertEquals(blocks.map(({ length }) => length), [960, 960, 960]);
    const samples = blocks.flatMap((block) => [...block]);
    assert(samples.every((sample, index) => Math.abs(sample - RAMP[index]!) < 1e-4), `cut into ${size}`);
    assertEquals(new Set(blocks.map(({ buffer }) => buffer)).size, 3);
  }
});

Deno.test("a part of a block at the end is dropped", async () => {
  assertEquals((await Array.fromAsync(blocksOf(chunksOf(new Uint8Array(3_839), 100)))).length, 1);
});

Deno.test("samples out of range become the loudest ones", () => {
  assertEquals([...encodePcm(Float32Array.of(2, -2, 0))], [0xff, 0x7f, 0x01, 0x80, 0, 0]);
});

Deno.test("the head of a WAV file says its length, or the longest one", () => {
  const length = (head: Uint8Array) => new DataView(head.buffer as ArrayBuffer).getUint32(40, true);
  assertEquals([waveHead(2), waveHead(), waveHead(1e9)].map(length), [3_840, 0x7fffff00, 0x7fffff00]);
  assertEquals(new TextDecoder().decode(waveHead(1).subarray(0, 4)), "RIFF");
});
