import { assert, assertEquals, assertRejects } from "@std/assert";
import { openMicrophone, openSoundFile, openTestTone } from "../../../src/cli/sound/mod.ts";
import { fileRecorder, recorders } from "../../../src/cli/sound/sound_programs.ts";
import { DeviceError, type Microphone } from "../../../src/client/calls/call_ports.ts";
import { fakeProgram } from "../../helpers/fake_program.ts";
import { RushedClock } from "./rushed_clock.ts";

const never = new AbortController().signal;
const NO_RAW = `echo "pw-cat: unrecognized option '--raw'" >&2; exit 1`;
const NO_PULSE = 'echo "default: Connection refused" >&2; exit 1';

/** Registers a test with scripts in place of `pw-cat`, `ffmpeg` and `arecord`, which Linux tries in this order. */
function scriptTest(name: string, scripts: readonly [string, string, string], body: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const [pipeWire, ffmpeg, arecord] = scripts;
      await using _pipeWire = await fakeProgram("pw-cat", pipeWire);
      await using _ffmpeg = await fakeProgram("ffmpeg", ffmpeg);
      await using _arecord = await fakeProgram("arecord", arecord);
      await body();
    },
  });
}

/** Hears so many blocks, and then aborts. */
async function hear(microphone: Microphone, count: number): Promise<number[]> {
  const stop = new AbortController();
  const levels: number[] = [];
  for await (const block of microphone.blocks(stop.signal)) {
    levels.push(block[0]!);
    if (levels.length === count) stop.abort();
  }
  return levels;
}

scriptTest(
  "the first program that gives sound is the microphone, and it ends with the signal",
  [NO_RAW, NO_PULSE, "trap '' TERM INT; exec cat /dev/zero"],
  async () => assertEquals(await hear(openMicrophone(), 5), [0, 0, 0, 0, 0]),
);

scriptTest(
  "a microphone ends with its reader, too",
  ["exec cat /dev/zero", NO_PULSE, NO_PULSE],
  async () => {
    for await (const _block of openMicrophone().blocks(never)) break;
  },
);

scriptTest(
  "a microphone that stops is no reason to try another one",
  [NO_RAW, "head -c 4000 /dev/zero; echo 'device gone' >&2; exit 1", "exec cat /dev/zero"],
  async () => {
    await assertRejects(
      () => hear(openMicrophone(), 5),
      DeviceError,
      'The microphone has stopped: ffmpeg says "device gone"',
    );
  },
);

scriptTest(
  "a microphone that ends without a word has stopped, too",
  ["head -c 4000 /dev/zero", NO_PULSE, NO_PULSE],
  async () => {
    await assertRejects(() => hear(openMicrophone(), 5), DeviceError, "has stopped: pw-cat has ended with code 0");
  },
);

scriptTest(
  "if no program gives sound, the sentence says why",
  [NO_RAW, NO_PULSE, 'echo "audio open error: Device or resource busy" >&2; exit 1'],
  async () => {
    await assertRejects(() => hear(openMicrophone(), 5), DeviceError, "The microphone is busy: end the other program");
  },
);

scriptTest(
  "a file is heard to its end, and then nothing more comes and nothing is wrong",
  ["exit 1", 'test "$7" = "file:-odd name.wav" && head -c 4000 /dev/zero', "exit 1"],
  async () => assertEquals(await hear(openSoundFile("-odd name.wav"), 5), [0, 0]),
);

Deno.test("nothing starts after the signal", async () => {
  for await (const _block of openTestTone(new RushedClock()).blocks(AbortSignal.abort())) assert(false);
});

Deno.test("the test tone is 100 ms in each second", async () => {
  const stop = new AbortController();
  const loud: number[] = [];
  let index = 0;
  for await (const block of openTestTone(new RushedClock()).blocks(stop.signal)) {
    assertEquals(block.length, 960);
    if (block.some((sample) => Math.abs(sample) > 0.4)) loud.push(index);
    if (++index === 101) stop.abort();
  }
  assertEquals(loud, [0, 1, 2, 3, 4, 50, 51, 52, 53, 54, 100]);
});

Deno.test("each system has its programs, and a named device only those that know it", () => {
  const names = (system: "linux" | "darwin" | "windows", device?: string) =>
    recorders(system, device).map(({ program, args }) => `${program} ${args[args.indexOf("-f") + 1]}`);
  assertEquals(names("linux").slice(1), ["ffmpeg pulse", "arecord S16_LE", "ffmpeg alsa"]);
  assertEquals(recorders("linux")[0]!.program, "pw-cat");
  assertEquals(names("linux", "plughw:PCH,0"), ["arecord S16_LE", "ffmpeg alsa"]);
  assertEquals(names("linux", "alsa_input.usb").length, 2);
  assertEquals([names("darwin"), names("windows", "Mic")], [["ffmpeg avfoundation"], ["ffmpeg dshow"]]);
  assert(recorders("darwin", "Mic")[0]!.args.includes(":Mic"));
  assert(recorders("windows", "Mic (USB)")[0]!.args.includes("audio=Mic (USB)"));
  assert(fileRecorder("https://x").args.includes("file:https://x"));
});
