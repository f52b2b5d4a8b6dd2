import { assert, assertEquals, assertMatch } from "@std/assert";
import { mediaCommand, startMedia } from "../../../src/cli/platform/media_program.ts";
import { WINDOWS } from "../../helpers/e2e.ts";
import { fakeProgram, searchIn } from "../../helpers/fake_program.ts";

const PIPES = { stdin: "piped", stdout: "piped" } as const;
const SILENT = { stdin: "null", stdout: "null" } as const;
const never = new AbortController().signal;

/** Registers a test with a script in place of `arecord`. */
function scriptTest(name: string, script: string, body: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: WINDOWS,
    fn: async () => {
      await using _script = await fakeProgram("arecord", script);
      await body();
    },
  });
}

scriptTest(
  "arguments reach a program as they are, and bytes go through its pipes",
  'printf "%s|" "$@"; cat',
  async () => {
    const args = ["two words", "$HOME; echo", 'it\'s "quoted"', "-x"];
    const { input, output, ended } = startMedia("arecord", args, PIPES, never);
    await new Response("typed").body!.pipeTo(input);
    assertEquals(await new Response(output).text(), `${args.join("|")}|typed`);
    assertEquals(await ended, { type: "ended", code: 0, complaint: "" });
  },
);

const LONG = 'i=0; while [ $i -lt 2000 ]; do echo "line $i" >&2; i=$((i+1)); done; echo last >&2; exit 3';

scriptTest("the end of what a program complains of is kept", LONG, async () => {
  const end = await startMedia("arecord", [], SILENT, never).ended;
  assert(end.type === "ended");
  assertEquals([end.code, end.complaint.length], [3, 4_096]);
  assertMatch(end.complaint, /line 1999\nlast\n$/);
});

scriptTest(
  "aborting ends a program that nobody reads and that ignores signals",
  "trap '' TERM INT; exec yes",
  async () => {
    const stop = new AbortController();
    const { output, ended } = startMedia("arecord", [], { stdin: "null", stdout: "piped" }, stop.signal);
    const reader = output.getReader();
    assertEquals((await reader.read()).done, false);
    stop.abort();
    assert((await ended).type === "ended");
    await reader.cancel();
  },
);

scriptTest("a program that is told to end before it starts ends", "exec cat", async () => {
  const { input, output, ended } = startMedia("arecord", [], PIPES, AbortSignal.abort());
  assert((await ended).type === "ended");
  await output.cancel();
  await input.abort();
});

Deno.test("a program that is not installed has ended", async () => {
  using _search = searchIn("/nowhere");
  const { output, input, ended } = startMedia("aplay", [], PIPES, never);
  assertEquals(await ended, { type: "missing" });
  await output.cancel();
  await input.abort();
});

Deno.test("a shell finds programs, except on Windows", () => {
  assertEquals(mediaCommand("ffplay", ["-"], "linux"), ["/bin/sh", ["-c", 'exec ffplay "$@"', "sh", "-"]]);
  assertEquals(mediaCommand("ffplay", ["-"], "windows"), ["ffplay.exe", ["-"]]);
});
