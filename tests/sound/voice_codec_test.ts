import { assert, assertEquals, assertThrows } from "@std/assert";
import { BLOCK_SAMPLES } from "../../src/client/voice/sound_block.ts";
import type { SoundBlock } from "../../src/client/calls/call_ports.ts";
import { openVoiceDecoder, openVoiceEncoder } from "../../src/sound/mod.ts";
import { Random } from "../helpers/random.ts";

/** 20 ms of a tone, which goes on from block to block. */
function tone(index: number, hertz = 440): SoundBlock {
  const sample = (at: number) => 0.5 * Math.sin(2 * Math.PI * hertz * (index * BLOCK_SAMPLES + at) / 48_000);
  return Float32Array.from({ length: BLOCK_SAMPLES }, (_, at) => sample(at));
}

function rms(block: SoundBlock): number {
  return Math.sqrt(block.reduce((sum, sample) => sum + sample * sample, 0) / block.length);
}

/** Times that the samples change from negative to positive. */
function rises(block: SoundBlock): number {
  return block.filter((sample, index) => index > 0 && sample >= 0 && block[index - 1]! < 0).length;
}

async function encoded(count: number): Promise<Uint8Array<ArrayBuffer>[]> {
  const encoder = await openVoiceEncoder();
  const packets: Uint8Array<ArrayBuffer>[] = [];
  for (let index = 0; index < count; index++) encoder.encode(tone(index), (packet) => packets.push(packet));
  encoder.close();
  return packets;
}

Deno.test("a tone comes back with its pitch and its level, in packets of 24 to 32 kbit/s", async () => {
  const packets = await encoded(100);
  const decoder = await openVoiceDecoder();
  const blocks = packets.map((packet) => decoder.decode(packet));
  decoder.close();
  const bytes = packets.reduce((sum, { length }) => sum + length, 0);
  assert(bytes * 8 / 2 <= 32_000, `${bytes * 8 / 2} bit/s`);
  for (const block of blocks.slice(10)) {
    assert(Math.abs(rms(block) - 0.354) < 0.1, `level ${rms(block)}`);
    assert(Math.abs(rises(block) - 8.8) < 1.5, `${rises(block)} periods`);
  }
});

Deno.test("a lost packet is concealed by what was before, and a long gap fades to silence", async () => {
  const packets = await encoded(30);
  const decoder = await openVoiceDecoder();
  for (const packet of packets) decoder.decode(packet);
  const gap = Array.from({ length: 25 }, () => rms(decoder.decode(undefined)));
  decoder.close();
  assert(gap[0]! > 0.2, `the first concealed block has level ${gap[0]}`);
  assert(gap.at(-1)! < 0.01, `the last one has level ${gap.at(-1)}`);
});

Deno.test("a decoder that has no packet yet conceals by silence", async () => {
  const decoder = await openVoiceDecoder();
  assertEquals(rms(decoder.decode(undefined)), 0);
  decoder.close();
});

Deno.test("no packet makes samples out of range, and a refused one leaves the decoder as it was", async () => {
  const random = new Random(7);
  const packets = await encoded(40);
  const decoder = await openVoiceDecoder();
  let refused = 0;
  for (let round = 0; round < 4_000; round++) {
    const packet = packets[round % packets.length]!.slice();
    for (let change = 0; change < 4; change++) packet[random.between(0, packet.length - 1)] = random.between(0, 255);
    try {
      assert(decoder.decode(packet).every((sample) => Math.abs(sample) <= 1));
    } catch (error) {
      assert(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), String(error));
      refused++;
    }
  }
  assert(refused > 100 && refused < 3_900, `${refused} refused`);
  for (const packet of packets) decoder.decode(packet);
  assert(Math.abs(rms(decoder.decode(packets.at(-1))) - 0.354) < 0.15);
  decoder.close();
});

Deno.test("a packet cut at any byte is refused or decoded, and never more than 20 ms", async () => {
  const [packet] = (await encoded(5)).slice(-1);
  const decoder = await openVoiceDecoder();
  for (let length = 1; length <= packet!.length; length++) {
    assertEquals(decoder.decode(packet!.subarray(0, length)).length, BLOCK_SAMPLES);
  }
  assertThrows(() => decoder.decode(new Uint8Array(0)));
  decoder.close();
});

Deno.test("a closed encoder and decoder refuse to work", async () => {
  const [encoder, decoder] = [await openVoiceEncoder(), await openVoiceDecoder()];
  for (const codec of [encoder, decoder]) codec.close();
  assertThrows(() => encoder.encode(tone(0), () => {}));
  assertThrows(() => decoder.decode(undefined));
});
