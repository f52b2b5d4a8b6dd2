import { assertEquals } from "@std/assert";
import { hasStopped, notOpened, type ProgramEnd } from "../../../src/cli/sound/device_errors.ts";

function ended(complaint: string, program: ProgramEnd["program"] = "ffmpeg"): ProgramEnd {
  return { program, end: { type: "ended", code: 1, complaint } };
}

const MISSING: ProgramEnd = { program: "pw-cat", end: { type: "missing" } };

Deno.test("a program that is missing is named with the way to get it, on each system", () => {
  const text = (system: "linux" | "darwin" | "windows") => notOpened("microphone", system, [MISSING]).message;
  assertEquals([text("linux"), text("darwin"), text("windows")], [
    "No program that records sound was found: install alsa-utils, pipewire-bin or ffmpeg",
    "No program that records sound was found: install ffmpeg, such as with: brew install ffmpeg",
    "No program that records sound was found: install ffmpeg, such as with: winget install ffmpeg",
  ]);
  assertEquals(
    notOpened("loudspeaker", "darwin", []).message,
    "No program that plays sound was found: install ffmpeg, such as with: brew install ffmpeg",
  );
});

Deno.test("what real programs complain of becomes a sentence with the next step", () => {
  const absent = "ALSA lib pcm.c:2666: Unknown PCM x\narecord: main:831: audio open error: No such file or directory\n";
  const cases: readonly (readonly [string, RegExp])[] = [
    [absent, /^No microphone was found: plug one in/],
    ["nosuch: Input/output error", /^No microphone was found/],
    ["[in#0] Could not find audio only device with name [x] among source devices", /^No microphone was found/],
    ["arecord: main:831: audio open error: Device or resource busy", /^The microphone is busy: end the other program/],
    ["arecord: main:830: audio open error: Permission denied", /^The microphone is not allowed: add yourself/],
    ["pw-cat: unrecognized option '--raw'\nelse", /^The microphone does not start: ffmpeg says "else"$/],
    ["", /^The microphone does not start: ffmpeg has ended with code 1$/],
  ];
  for (const [complaint, sentence] of cases) {
    assertEquals(sentence.test(notOpened("microphone", "linux", [MISSING, ended(complaint)]).message), true, complaint);
  }
});

Deno.test("the cause that a program names wins over one that knows no more", () => {
  const ends = [
    ended("pw-cat: unrecognized option '--raw'", "pw-cat"),
    ended("audio open error: Device or resource busy", "arecord"),
    ended("Broken"),
  ];
  assertEquals(
    notOpened("microphone", "linux", ends).message,
    "The microphone is busy: end the other program that uses it",
  );
});

Deno.test("a program that may not be started is named", () => {
  const ends: ProgramEnd[] = [{ program: "ffplay", end: { type: "forbidden" } }];
  assertEquals(
    notOpened("loudspeaker", "windows", ends).message,
    "The loudspeaker needs the program ffplay, which may not be started here: add --allow-run, or use the executable",
  );
});

Deno.test("a complaint cannot control the terminal, and is cut", () => {
  const { message } = hasStopped("microphone", ended(`first\n\x1b[2J${"x".repeat(500)}\n\n`));
  assertEquals(message, `The microphone has stopped: ffmpeg says "␛[2J${"x".repeat(156)}"`);
});
