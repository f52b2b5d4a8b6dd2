import { assert, assertEquals } from "@std/assert";
import { chosenLoudspeaker, chosenMicrophone } from "../../../src/cli/sound/mod.ts";
import { findMicrophone } from "../../../src/cli/sound/sound_choice.ts";
import type { Microphone } from "../../../src/client/calls/call_ports.ts";
import { fakeProgram } from "../../helpers/fake_program.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { RushedClock } from "./rushed_clock.ts";

/** Says with which arguments it was started, and then gives sound. */
function scriptTo(log: string): string {
  return `case "$*" in *-sources*) echo "* desk.1 [Desk Microphone] (none)"; exit;; esac
echo "$@" > ${log}; exec cat /dev/zero`;
}

async function hearOne(microphone: Microphone | undefined): Promise<void> {
  for await (const block of microphone!.blocks(new AbortController().signal)) {
    assertEquals(block.length, 960);
    return;
  }
}

Deno.test({
  name: "a word names a file, a microphone by a part of its name, or a device that only the programs know",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = temporaryFolder();
    const [log, file] = [`${folder.path}/log`, `${folder.path}/speech.ogg`];
    await Deno.writeTextFile(file, "");
    await using _ffmpeg = await fakeProgram("ffmpeg", scriptTo(log));
    await using _arecord = await fakeProgram("arecord", "exit 1");
    const input = async (word: string) => {
      await hearOne(chosenMicrophone(word, new RushedClock()));
      return /-i (\S+)/.exec(await Deno.readTextFile(log))![1];
    };
    assertEquals(await input(file), `file:${file}`);
    assert((await Deno.readTextFile(log)).includes("-stream_loop -1"));
    assertEquals([await input("desk mic"), await input("other.2"), await input("plughw:X,1")], [
      "desk.1",
      "other.2",
      "plughw:X,1",
    ]);
  },
});

Deno.test("none is no microphone and no loudspeaker, and test is a tone", async () => {
  const clock = new RushedClock();
  assertEquals([chosenMicrophone("none", clock), chosenLoudspeaker("none", clock)], [undefined, undefined]);
  await hearOne(chosenMicrophone("test", clock));
});

Deno.test("a loudspeaker that is a file gets the sound", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/heard.wav`;
  const stop = new AbortController();
  const next = () => {
    stop.abort();
    return new Float32Array(960);
  };
  await chosenLoudspeaker(path, new RushedClock())!.play(next, stop.signal);
  assertEquals((await Deno.stat(path)).size, 44 + 1_920);
});

Deno.test("an id is found before a name", () => {
  const list = [{ id: "b", name: "a microphone" }, { id: "a", name: "b" }];
  assertEquals(["a", "B", "MICRO", "none of them"].map((word) => findMicrophone(list, word)?.id), [
    "a",
    "a",
    "b",
    undefined,
  ]);
});
