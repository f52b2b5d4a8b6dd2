import { assert, assertEquals, assertRejects } from "@std/assert";
import { chosenCamera } from "../../../src/cli/camera/camera_choice.ts";
import { ffmpegArguments } from "../../../src/cli/camera/ffmpeg_args.ts";
import { FfmpegCamera } from "../../../src/cli/camera/ffmpeg_camera.ts";
import type { VideoPicture } from "../../../src/client/calls/call_ports.ts";
import { DeviceError } from "../../../src/client/calls/call_ports.ts";
import { systemClock } from "../../../src/client/clock.ts";
import { JpegStream } from "../../../src/pictures/jpeg_stream.ts";
import { readTestPicture, TEST_PICTURES } from "../../../src/pictures/test_picture.ts";
import { HAS_FFMPEG, WINDOWS } from "../../helpers/e2e.ts";
import { fakeProgram } from "../../helpers/fake_program.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { smallPicture } from "../../helpers/small_pictures.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

const FORM = { width: 160, height: 90, rate: 20 };
const never = new AbortController().signal;

/** The first pictures of a camera, which is stopped then. */
async function take(camera: FfmpegCamera, count: number, form = FORM): Promise<VideoPicture[]> {
  const stop = new AbortController();
  const pictures: VideoPicture[] = [];
  for await (const picture of camera.pictures(form, stop.signal)) {
    pictures.push(picture);
    if (pictures.length === count) stop.abort();
  }
  return pictures;
}

async function ffmpeg(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ffmpeg", { args: ["-nostdin", "-loglevel", "error", ...args] })
    .output();
  assert(success, new TextDecoder().decode(stderr));
}

/** Registers a test with a video of ffmpeg's own test picture, and its colours in a box of 16 by 9 pixels. */
function videoTest(name: string, body: (path: string) => Promise<void>): void {
  Deno.test({
    name: `${name} (needs ffmpeg)`,
    ignore: !HAS_FFMPEG,
    fn: async () => {
      using folder = temporaryFolder();
      const path = `${folder.path}/test picture.mkv`;
      await ffmpeg("-f", "lavfi", "-i", "smptebars=s=320x180:r=10:d=1", "-c:v", "mjpeg", "-q:v", "2", path);
      await body(path);
    },
  });
}

/** The mean difference of a part of a colour, of 256. */
function meanError(one: Uint8Array, other: Uint8Array): number {
  assertEquals(one.length, other.length);
  return one.reduce((sum, value, nth) => sum + Math.abs(value - other[nth]!), 0) / one.length;
}

videoTest("a video is a camera without end, in the size and shape of the call", async (path) => {
  const pictures = await take(new FfmpegCamera(path, systemClock), 25);
  assertEquals(new Set(pictures.map(({ width, height }) => `${width} ${height}`)), new Set(["160 90"]));
  const [high] = await take(new FfmpegCamera(path, systemClock), 1, { width: 80, height: 300, rate: 5 });
  assertEquals([high?.width, high?.height], [80, 44]);
});

videoTest("the pictures of a camera are those of the video", async (path) => {
  using stream = new JpegStream(systemClock);
  const raw = `${path}.rgb`;
  await ffmpeg(
    "-i",
    path,
    "-frames:v",
    "1",
    "-vf",
    "scale=64:36:flags=area",
    "-pix_fmt",
    "rgb24",
    "-f",
    "rawvideo",
    raw,
  );
  const [picture] = await take(new FfmpegCamera(path, systemClock), 1);
  const decoded = await stream.decode(picture!, { width: 64, height: 36 });
  const error = meanError(decoded!.bytes, await Deno.readFile(raw));
  // Edges of the bars are softer on one way than on the other. Another picture differs by 60.
  assert(error < 10, `${error}`);
});

videoTest("a camera ends at once when it is turned off, also while nobody reads it", async (path) => {
  const stop = new AbortController();
  const pictures = new FfmpegCamera(path, systemClock).pictures(FORM, stop.signal);
  assertEquals((await pictures.next()).done, false);
  stop.abort();
  assertEquals((await pictures.next()).done, true);
  const left = new FfmpegCamera(path, systemClock).pictures(FORM, never);
  await left.next();
  await left.return(undefined);
});

Deno.test({
  name: "whatever writes JPEG files to a named pipe is a camera (needs ffmpeg)",
  ignore: !HAS_FFMPEG,
  fn: async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/pipe`;
    assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
    const script =
      'exec ffmpeg -nostdin -loglevel quiet -re -f lavfi -i testsrc2=s=64x48:r=10 -c:v mjpeg -f mjpeg - >"$1"';
    const writer = new Deno.Command("/bin/sh", { args: ["-c", script, "sh", path], stderr: "null" }).spawn();
    const pictures = await take(new FfmpegCamera(path, systemClock), 3);
    assertEquals([pictures.length, pictures[0]?.height], [3, 90]);
    await writer.status;
  },
});

Deno.test({
  name: "files that are no videos, folders and unknown names are refused in one sentence (needs ffmpeg)",
  ignore: !HAS_FFMPEG,
  fn: async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/notes.txt`;
    await Deno.writeTextFile(path, "no video");
    const cases = [
      [path, "is no video or picture that ffmpeg can read"],
      [folder.path, "is a folder: name a file or a camera"],
      ["no such\x1b camera", 'No camera and no file is called "no such␛ camera"'],
      ["-", "Standard input is for what you type"],
      ["/dev/video77", "The camera /dev/video77 does not exist"],
    ] as const;
    for (const [word, message] of cases) {
      await assertRejects(() => take(new FfmpegCamera(word, systemClock), 1), DeviceError, message);
    }
  },
});

/** The bytes for `printf` of a shell. */
function octal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

/** A script that prints bytes and goes on. */
function printed(bytes: Uint8Array, rest: string): string {
  return `printf '${octal(bytes)}'\n${rest}`;
}

/** A script that prints a picture of 60 KB unless the worst quality is asked for. */
function largeUnlessWorst(): string {
  const jpeg = smallPicture("image/jpeg");
  const segment = Uint8Array.fromHex("ffe0fffd");
  return `case "$*" in *"-q:v 24"*) ${printed(jpeg, "exec sleep 100")};; esac
printf '${octal(jpeg.subarray(0, 2))}${octal(segment)}'; head -c 65531 /dev/zero
${printed(jpeg.subarray(2), "exec sleep 100")}`;
}

/** Registers a test with a script in place of ffmpeg. */
function scriptTest(name: string, script: string, body: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: WINDOWS,
    fn: async () => {
      await using _script = await fakeProgram("ffmpeg", script);
      await body();
    },
  });
}

scriptTest(
  "an ffmpeg that dies gives its last pictures, and then the reason",
  printed(smallPicture("image/jpeg"), "exit 7"),
  async () => {
    const pictures = new FfmpegCamera("/dev/video0", systemClock).pictures(FORM, never);
    assertEquals((await pictures.next()).value, { width: 8, height: 6, jpeg: smallPicture("image/jpeg") });
    await assertRejects(() => pictures.next(), DeviceError, "gives no more pictures (ffmpeg ended with 7)");
  },
);

scriptTest(
  "an ffmpeg that writes something else is refused",
  printed(Uint8Array.fromHex("ffd8ffd9"), "exec cat"),
  async () => {
    const pictures = new FfmpegCamera("/dev/video0", systemClock).pictures(FORM, never);
    await assertRejects(() => pictures.next(), DeviceError, "ffmpeg writes no JPEG files");
  },
);

scriptTest("a camera that gives no picture is given up after half a minute", "exec sleep 100", async () => {
  const clock = new FakeClock();
  const pictures = new FfmpegCamera("/dev/video0", clock).pictures(FORM, never);
  const refused = assertRejects(
    () => pictures.next(),
    DeviceError,
    "No picture came from the camera /dev/video0 for 30 seconds",
  );
  while (clock.timers === 0) await new Promise((resolve) => setTimeout(resolve));
  await clock.advance(30_000);
  await refused;
});

scriptTest("pictures that are too large for a call are asked for again, smaller", largeUnlessWorst(), async () => {
  const pictures = new FfmpegCamera("/dev/video0", systemClock).pictures(FORM, never);
  assertEquals((await pictures.next()).value?.jpeg, smallPicture("image/jpeg"));
  await pictures.return(undefined);
});

Deno.test("names of files and devices never become options or addresses of ffmpeg", () => {
  const argsOf = (source: Parameters<typeof ffmpegArguments>[0], os: string) => {
    const args = ffmpegArguments(source, FORM, 6, os);
    return args.slice(args.indexOf("-i"), args.indexOf("-i") + 2);
  };
  assertEquals(argsOf({ type: "file", path: "http://example.org/-x" }, "linux"), ["-i", "file:http://example.org/-x"]);
  assertEquals(argsOf({ type: "stream", path: "-x" }, "linux"), ["-i", "file:-x"]);
  assertEquals(argsOf({ type: "device", id: "/dev/video0", name: "" }, "linux"), ["-i", "/dev/video0"]);
  assertEquals(argsOf({ type: "device", id: "1", name: "" }, "darwin"), ["-i", "1:none"]);
  assertEquals(argsOf({ type: "device", id: "-x", name: "" }, "windows"), ["-i", "video=-x"]);
});

Deno.test("the moving test picture needs no ffmpeg, and tells its time", async () => {
  const stop = new AbortController();
  using stream = new JpegStream(systemClock);
  const numbers: (number | undefined)[] = [];
  for await (const picture of chosenCamera("test", systemClock)!.pictures({ ...FORM, rate: 10 }, stop.signal)) {
    const decoded = await stream.decode(picture, picture);
    numbers.push(readTestPicture(decoded!));
    if (numbers.length === 4) stop.abort();
  }
  const now = Math.floor(Date.now() / 100) % TEST_PICTURES;
  assert(numbers.every((number) => (now - number! + TEST_PICTURES) % TEST_PICTURES < 600), `${numbers} at ${now}`);
  assert(numbers.every((number, nth) => nth === 0 || number! > numbers[nth - 1]!), `${numbers}`);
  assertEquals(chosenCamera("none", systemClock), undefined);
});
