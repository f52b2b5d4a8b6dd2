/**
 * The sound of a call: microseconds for each packet of Opus, and milliseconds from the microphone to the loudspeaker, for
 * networks of several delays. Usage: deno run -A --lock=vendor/test.lock tests/bench/voice_bench.ts [--seconds 20]. Prints JSON.
 */

import { parseArgs } from "@std/cli/parse-args";
import { openSpeakerFile, openTestTone } from "../../src/cli/sound/mod.ts";
import type { Loudspeaker, Microphone, SoundBlock } from "../../src/client/calls/call_ports.ts";
import { systemClock } from "../../src/client/clock.ts";
import { BLOCK_SAMPLES, VoiceMixer } from "../../src/client/voice/mod.ts";
import { openVoiceDecoder, openVoiceEncoder } from "../../src/sound/mod.ts";
import { Random } from "../helpers/random.ts";
import { runSoundPath } from "../helpers/sound_path.ts";

const options = parseArgs(Deno.args, { string: ["seconds"] });
const seconds = Number(options.seconds ?? 20);
const ROUNDS = 2_000;

/** Something like a voice: a gliding tone that swells, with noise. */
function voiceLike(random: Random, index: number): SoundBlock {
  return Float32Array.from({ length: BLOCK_SAMPLES }, (_, at) => {
    const seconds = (index * BLOCK_SAMPLES + at) / 48_000;
    return 0.3 * Math.sin(2 * Math.PI * (200 + 40 * Math.sin(seconds)) * seconds) + 0.1 * (random.next() - 0.5);
  });
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * percent / 100)] ?? NaN;
}

function summary(values: readonly number[], digits: number): Record<string, number> {
  const rounded = (value: number) => Number(value.toFixed(digits));
  return {
    p50: rounded(percentile(values, 50)),
    p95: rounded(percentile(values, 95)),
    max: rounded(Math.max(...values)),
  };
}

function timed(times: number[], work: () => void): void {
  const start = performance.now();
  work();
  times.push((performance.now() - start) * 1_000);
}

async function measureCodec(): Promise<unknown> {
  const [encoder, decoder] = [await openVoiceEncoder(), await openVoiceDecoder()];
  const random = new Random(1);
  const blocks = Array.from({ length: 100 }, (_, index) => voiceLike(random, index));
  const [encode, decode, conceal]: [number[], number[], number[]] = [[], [], []];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let packet: Uint8Array | undefined;
    timed(encode, () => encoder.encode(blocks[round % 100]!, (made) => packet = made));
    bytes += packet!.length;
    timed(decode, () => void decoder.decode(packet));
    if (round % 10 === 0) timed(conceal, () => void decoder.decode(undefined));
  }
  encoder.close();
  decoder.close();
  const us = { encode: summary(encode, 0), decode: summary(decode, 0), conceal: summary(conceal, 0) };
  return { us, packetBytes: bytes / ROUNDS };
}

/** What three voices at once cost for each block that is played. */
async function measureMixer(): Promise<unknown> {
  using mixer = new VoiceMixer();
  const encoder = await openVoiceEncoder();
  for (const stream of [0, 1, 2]) mixer.add(stream, await openVoiceDecoder());
  const random = new Random(2);
  const packets: Uint8Array[] = [];
  for (let index = 0; index < 100; index++) encoder.encode(voiceLike(random, index), (packet) => packets.push(packet));
  encoder.close();
  const times: number[] = [];
  for (let index = 0; index < ROUNDS; index++) {
    timed(times, () => {
      for (const stream of [0, 1, 2]) mixer.push(stream, index * 20, packets[index % 100]!, index * 20);
      mixer.next(index * 20);
    });
  }
  return summary(times, 0);
}

function during(microphone: Microphone, ms: number): Microphone {
  return {
    async *blocks(signal) {
      const end = performance.now() + ms;
      for await (const block of microphone.blocks(signal)) {
        yield block;
        if (performance.now() > end) return;
      }
    },
  };
}

function speakerFile(): Loudspeaker {
  return openSpeakerFile(Deno.build.os === "windows" ? "NUL" : "/dev/null", systemClock);
}

/** From the block of the microphone to the request of the loudspeaker, for each tone. */
async function measureDelay(delayMs: () => number): Promise<unknown> {
  const microphone = during(openTestTone(systemClock), seconds * 1_000);
  const { said, heard } = await runSoundPath({ microphone, loudspeaker: speakerFile(), clock: systemClock, delayMs });
  const delays = heard.map((at) => at - said.findLast((time) => time <= at)!);
  return { tones: said.length, heard: heard.length, ms: summary(delays, 1) };
}

const random = new Random(3);
console.log(JSON.stringify(
  {
    codec: await measureCodec(),
    mixerOfThreeUs: await measureMixer(),
    delay: {
      "no network": await measureDelay(() => 0),
      "20 ms, up to 30 ms more": await measureDelay(() => 20 + 30 * random.next()),
      "20 ms, one packet in 20 is 120 ms late": await measureDelay(() => random.next() < 0.05 ? 140 : 20),
    },
  },
  null,
  2,
));
