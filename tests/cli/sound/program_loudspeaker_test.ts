import { assert, assertEquals, assertRejects } from "@std/assert";
import { openLoudspeaker, openSpeakerFile } from "../../../src/cli/sound/mod.ts";
import { blocksOf } from "../../../src/cli/sound/pcm.ts";
import { players, type SoundProgram } from "../../../src/cli/sound/sound_programs.ts";
import { DeviceError, type SoundBlock } from "../../../src/client/calls/call_ports.ts";
import { silentBlock } from "../../../src/client/voice/mod.ts";
import { WINDOWS } from "../../helpers/e2e.ts";
import { fakeProgram } from "../../helpers/fake_program.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { RushedClock } from "./rushed_clock.ts";

const HEAD_BYTES = 44;
const PIPE: readonly SoundProgram[] = [{ program: "aplay", args: [] }];

/** A source of numbered blocks that aborts after so many. */
class Source {
  readonly stop = new AbortController();
  readonly count: number;
  asked = 0;

  constructor(count: number) {
    this.count = count;
  }

  readonly next = (): SoundBlock => {
    if (++this.asked === this.count) this.stop.abort();
    return new Float32Array(960).fill(this.asked / 1_000);
  };
}

/** Registers a test with a script in place of `aplay`. */
function scriptTest(name: string, script: (path: string) => string, body: (path: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: WINDOWS,
    fn: async () => {
      using folder = temporaryFolder();
      const path = `${folder.path}/played`;
      await using _program = await fakeProgram("aplay", script(path));
      await body(path);
    },
  });
}

async function played(path: string, from = 0): Promise<number[]> {
  const bytes = (await Deno.readFile(path)).subarray(from);
  const blocks = await Array.fromAsync(blocksOf(new Response(bytes).body!));
  return blocks.map((block) => Math.round(block[0]! * 1_000));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

scriptTest("a program plays all blocks in order, after a silent one", (path) => `exec cat > ${path}`, async (path) => {
  const source = new Source(200);
  await openLoudspeaker(new RushedClock(), PIPE).play(source.next, source.stop.signal);
  const heard = await played(path);
  // What was in the pipe at the end is lost.
  assertEquals(heard, [0, ...range(1, heard.length)]);
  assert(source.asked <= 201);
});

scriptTest(
  "a program that does not read is asked no more, and ends with the signal",
  () => "exec tail -f /dev/null",
  async () => {
    const stop = new AbortController();
    let asked = 0;
    const clock = new RushedClock();
    const playing = openLoudspeaker(clock, PIPE).play(() => {
      asked++;
      return silentBlock();
    }, stop.signal);
    while (asked < 30) await new Promise((resolve) => clock.after(20, () => resolve(undefined)));
    stop.abort();
    await playing;
    assert(asked < 200, `${asked} blocks were asked for`);
  },
);

scriptTest(
  "a program that ends at once is followed by the next one",
  (path) => `if [ "$1" = bad ]; then echo "no device" >&2; exit 1; fi; exec cat > ${path}`,
  async (path) => {
    const source = new Source(200);
    const programs: SoundProgram[] = [{ program: "aplay", args: ["bad"] }, {
      program: "aplay",
      args: ["good"],
      head: true,
    }];
    await openLoudspeaker(new RushedClock(), programs).play(source.next, source.stop.signal);
    assertEquals(new TextDecoder().decode((await Deno.readFile(path)).subarray(0, 4)), "RIFF");
    assertEquals((await played(path, HEAD_BYTES))[0], 0);
  },
);

scriptTest(
  "if none plays, the sentence says why",
  () => 'echo "audio open error: Device or resource busy" >&2; exit 1',
  async () => {
    const source = new Source(1e6);
    const play = () => openLoudspeaker(new RushedClock(), PIPE).play(source.next, source.stop.signal);
    await assertRejects(play, DeviceError, "The loudspeaker is busy: end the other program that uses it");
  },
);

scriptTest(
  "a loudspeaker that stops later says so",
  () => "head -c 400000 > /dev/null; echo unplugged >&2; exit 1",
  async () => {
    const source = new Source(1e6);
    const play = () => openLoudspeaker(new RushedClock(), PIPE).play(source.next, source.stop.signal);
    await assertRejects(play, DeviceError, 'The loudspeaker has stopped: aplay says "unplugged"');
  },
);

scriptTest(
  "while nobody speaks a block in a hundred is left out, so that a slow device catches up",
  (path) => `exec cat > ${path}`,
  async (path) => {
    const stop = new AbortController();
    const clock = new RushedClock();
    let asked = 0;
    await openLoudspeaker(clock, PIPE).play(() => {
      if (++asked === 300) stop.abort();
      return silentBlock();
    }, stop.signal);
    const blocks = (await played(path)).length;
    assert(blocks <= 298, `${blocks} of ${asked} blocks were played`);
  },
);

Deno.test("a file gets all blocks, and in the end its length", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/heard.wav`;
  const source = new Source(20);
  await openSpeakerFile(path, new RushedClock()).play(source.next, source.stop.signal);
  const bytes = await Deno.readFile(path);
  assertEquals(new DataView(bytes.buffer).getUint32(40, true), bytes.length - HEAD_BYTES);
  assertEquals(await played(path, HEAD_BYTES), range(1, 21));
});

Deno.test("a file that cannot be written is a sentence with its path", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/none/heard.wav`;
  const source = new Source(20);
  const play = () => openSpeakerFile(path, new RushedClock()).play(source.next, source.stop.signal);
  await assertRejects(play, DeviceError, `Cannot write the sound to ${path}: it does not exist`);
});

Deno.test("each system has its players", () => {
  const names = (system: "linux" | "darwin" | "windows") => players(system).map(({ program }) => program);
  assertEquals([names("linux"), names("darwin"), names("windows")], [["pw-cat", "aplay", "ffplay"], ["ffplay"], [
    "ffplay",
  ]]);
});
