import { assert, assertEquals } from "@std/assert";
import { openLoudspeaker, openSoundFile, openSpeakerFile, openTestTone } from "../../../src/cli/sound/mod.ts";
import { BlockPacer } from "../../../src/cli/sound/block_pacer.ts";
import { blocksOf } from "../../../src/cli/sound/pcm.ts";
import type { Loudspeaker, Microphone, SoundBlock } from "../../../src/client/calls/call_ports.ts";
import { type Clock, systemClock } from "../../../src/client/clock.ts";
import { levelOf } from "../../../src/client/voice/mod.ts";
import { HAS_FFMPEG } from "../../helpers/e2e.ts";
import { fakeProgram } from "../../helpers/fake_program.ts";
import { runSoundPath } from "../../helpers/sound_path.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { RushedClock } from "./rushed_clock.ts";

const HEAD_BYTES = 44;
/** 100 ms of a tone of 1 kHz at the start of each second. */
const MARKS = "if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)";

async function makeMarks(path: string, seconds: number): Promise<void> {
  const source = `aevalsrc='${MARKS}':s=44100:d=${seconds}`;
  const args = ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", source, "-ac", "2", path];
  const { code } = await new Deno.Command("ffmpeg", { args }).output();
  assertEquals(code, 0);
}

async function blocksIn(path: string, from: number): Promise<SoundBlock[]> {
  const bytes = (await Deno.readFile(path)).subarray(from);
  return await Array.fromAsync(blocksOf(new Response(bytes).body!));
}

/** Returns the milliseconds at which each tone begins, to one block. */
function marksIn(blocks: readonly SoundBlock[]): number[] {
  const loud = blocks.map((block) => levelOf(block) > 0.6);
  return loud.flatMap((isLoud, index) => isLoud && !loud[index - 1] ? [index * 20] : []);
}

/** Crossings of zero from below in a block: 20 for 1 kHz. */
function periods(block: SoundBlock): number {
  return block.filter((sample, index) => index > 0 && sample >= 0 && block[index - 1]! < 0).length;
}

/** The microphone's first blocks only. */
function first(count: number, microphone: Microphone): Microphone {
  return {
    async *blocks(signal) {
      let left = count;
      for await (const block of microphone.blocks(signal)) {
        yield block;
        if (--left === 0) return;
      }
    },
  };
}

/** Asks for each block at its time and keeps none: a virtual clock would go on while blocks are written to a file. */
function silentLoudspeaker(clock: Clock): Loudspeaker {
  return {
    async play(next, signal) {
      const pacer = new BlockPacer(clock, 0);
      for (await pacer.next(signal); !signal.aborted; await pacer.next(signal)) next();
    },
  };
}

/** Sound in real time on a busy machine: one of three attempts must hold. */
async function attempts(body: (folder: string) => Promise<void>): Promise<void> {
  for (let left = 2;; left--) {
    using folder = temporaryFolder();
    try {
      return await body(folder.path);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

Deno.test({
  name: "tones of a file are heard from a file at the other end, in their pitch and a second apart",
  ignore: !HAS_FFMPEG,
  fn: () =>
    attempts(async (folder) => {
      const [from, to] = [`${folder}/marks.wav`, `${folder}/heard.wav`];
      await makeMarks(from, 2.3);
      const loudspeaker = openSpeakerFile(to, systemClock);
      await runSoundPath({ microphone: openSoundFile(from), loudspeaker, clock: systemClock });
      const blocks = await blocksIn(to, HEAD_BYTES);
      const marks = marksIn(blocks);
      assertEquals(marks.length, 3);
      for (const [index, mark] of marks.entries()) {
        assert(Math.abs(mark - marks[0]! - index * 1_000) <= 120, `marks at ${marks}`);
        assert(Math.abs(periods(blocks[mark / 20 + 2]!) - 20) <= 1);
      }
    }),
});

Deno.test("on a virtual clock, tones are heard within 250 ms, and silence between them is not sent", async () => {
  const clock = new RushedClock();
  const microphone = first(260, openTestTone(clock));
  const marks = await runSoundPath({ microphone, loudspeaker: silentLoudspeaker(clock), clock });
  assertEquals([marks.said.length, marks.heard.length], [6, 6]);
  for (const [index, said] of marks.said.entries()) {
    assert(marks.heard[index]! - said <= 250, `${marks.heard[index]! - said} ms`);
  }
  // 100 ms, and the hangover of 300 ms; from the second one on also the 40 ms before it.
  assert(marks.packets <= 6 * 22, `${marks.packets} packets`);
});

Deno.test({
  name: "tones reach a program that plays",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    attempts(async (folder) => {
      await using _program = await fakeProgram("aplay", `exec cat > ${folder}/heard`);
      const loudspeaker = openLoudspeaker(systemClock, [{ program: "aplay", args: [] }]);
      await runSoundPath({ microphone: first(90, openTestTone(systemClock)), loudspeaker, clock: systemClock });
      assertEquals(marksIn(await blocksIn(`${folder}/heard`, 0)).length, 1);
    }),
});
