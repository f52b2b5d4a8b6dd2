/** The mirror in a real terminal, with the test picture and with videos of ffmpeg's own test pictures. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { opaquePixels } from "../../src/pictures/pixels.ts";
import { testPicture } from "../../src/pictures/test_picture.ts";
import { colorAt, type PixelPicture } from "../../src/terminal/pictures/color_codes.ts";
import { coloredCells, colorError, pixelsOf } from "../helpers/colored_screen.ts";
import { HAS_FFMPEG, HAS_TMUX, runConfab } from "../helpers/e2e.ts";
import { poll } from "../helpers/process_lines.ts";
import { Tmux } from "../helpers/tmux.ts";

const SIZE = { columns: 64, rows: 21 };
/** The picture in a window of that size: 18 rows, and below them a name, the hint and a free row. */
const BOX = { width: 64, height: 36 };

const NEEDS = { "tmux": HAS_TMUX, "tmux and ffmpeg": HAS_TMUX && HAS_FFMPEG };

function mirrorTest(name: string, needs: keyof typeof NEEDS, body: (terminal: Tmux) => Promise<void>): void {
  Deno.test({
    name: `${name} (needs ${needs})`,
    ignore: !NEEDS[needs],
    fn: async () => {
      await using terminal = await Tmux.open(SIZE, "mirror");
      await terminal.enter("before=$(stty -g)");
      await body(terminal);
    },
  });
}

/** Checks that the shell has the terminal again as it was, and that the mirror ended with this code. */
async function assertGivenBack(terminal: Tmux, code: number): Promise<void> {
  await terminal.until(/^\$ ?$/m);
  await terminal.enter('echo "code=$?"; [ "$before" = "$(stty -g)" ] && echo "as before"');
  const screen = await terminal.until(/^as before$/m);
  assertMatch(screen, new RegExp(`^code=${code}$`, "m"));
  assertEquals([await terminal.state("cursor_flag"), await terminal.state("wrap_flag")], ["1", "1"]);
  assertEquals(screen.includes("q quits"), false, screen);
}

/** The number in the squares of a test picture that is drawn in characters; each is four columns wide. */
function numberOn(screen: string): number {
  const row = screen.split("\n")[16] ?? "";
  return Array.from({ length: 16 }, (_, square) => row[4 * square + 2] === "@" ? 1 : 0)
    .reduce((sum: number, bit) => 2 * sum + bit, 0);
}

mirrorTest(
  "without colours the test picture is characters, it moves, and q gives the terminal back",
  "tmux",
  async (terminal) => {
    await terminal.enter("clear; NO_COLOR=1 confab mirror --test");
    const screen = await terminal.until((text) => text.endsWith("q quits") && numberOn(text) > 0);
    const rows = screen.split("\n");
    // The edges are between two characters.
    for (const row of rows.slice(0, 8)) {
      assertEquals(Array.from({ length: 8 }, (_, bar) => row[8 * bar + 4] ?? " ").join(""), "#*+=-:  ", screen);
    }
    assertMatch(rows[18]!, /^ +test picture$/);
    const first = numberOn(screen);
    await terminal.until((text) => numberOn(text) > first + 5);
    await terminal.press("q");
    await assertGivenBack(terminal, EXIT.fine);
  },
);

/** The mean difference of a part of a colour, of 256, between the first rows of the window and a picture. */
async function meanError(terminal: Tmux, picture: PixelPicture, rows: number): Promise<number> {
  const cells = coloredCells(await terminal.cells());
  let sum = 0;
  for (let y = 0; y < 2 * rows; y++) {
    for (let x = 0; x < picture.width; x++) {
      const cell = cells[y >> 1]?.[x];
      const rgb = colorAt(picture, x, y);
      sum += colorError(cell && pixelsOf(cell)[y & 1], [rgb >> 16, rgb >> 8 & 255, rgb & 255]);
    }
  }
  return sum / (2 * rows * picture.width);
}

mirrorTest(
  "in true colour the bars of the test picture are on the screen, and Escape ends it",
  "tmux",
  async (terminal) => {
    await terminal.enter("clear; COLORTERM=truecolor confab mirror --test");
    await terminal.until((text) => text.endsWith("q quits") && text.includes("▀"));
    const picture = { ...BOX, bytes: opaquePixels(testPicture({ width: 160, height: 90 }, 0), BOX) };
    let error = 256;
    await poll(async () => {
      error = await meanError(terminal, picture, 9);
      return error < 8;
    }, () => `bars on the screen: they differ by ${error}`);
    await terminal.press("Escape");
    await assertGivenBack(terminal, EXIT.fine);
  },
);

for (const [color, code] of [["TERM=xterm-256color", "38;5;"], ["TERM=xterm", "4[0-7]m"]] as const) {
  mirrorTest(`with ${color} the picture has the colours of that, and Ctrl-C ends it`, "tmux", async (terminal) => {
    await terminal.enter(`clear; ${color} confab mirror --test`);
    await terminal.until((text) => text.endsWith("q quits"));
    await poll(async () => new RegExp(code).test(await terminal.colors()), () => `colours such as ${code}`);
    await terminal.press("C-c");
    await assertGivenBack(terminal, EXIT.fine);
  });
}

mirrorTest(
  "the picture follows the size of the window, and SIGTERM gives the terminal back",
  "tmux",
  async (terminal) => {
    await terminal.enter("clear; NO_COLOR=1 confab mirror --test");
    await terminal.until((text) => text.endsWith("q quits") && numberOn(text) > 0);
    await terminal.resize({ columns: 32, rows: 12 });
    await terminal.until((text) => text.split("\n").length === 11 && / {9}test picture\nq quits$/.test(text));
    await terminal.resize({ columns: 3, rows: 3 });
    await terminal.until("q …");
    await terminal.resize(SIZE);
    await terminal.until((text) => text.endsWith("q quits") && numberOn(text) > 0 && text.includes("@"));
    Deno.kill(await terminal.programId(), "SIGTERM");
    await assertGivenBack(terminal, EXIT.fine);
  },
);

/** Makes a video of ffmpeg's bars, and returns its first picture in the size of the box. */
async function makeVideo(folder: string): Promise<PixelPicture> {
  const bars = ["-f", "lavfi", "-i", "smptebars=s=320x180:r=10:d=1"];
  await ffmpeg([...bars, "-c:v", "mjpeg", "-q:v", "2", `${folder}/bars.mkv`]);
  await ffmpeg(["-i", `${folder}/bars.mkv`, "-frames:v", "1", "-vf", `scale=${BOX.width}:${BOX.height}:flags=area`, ...[
    "-pix_fmt",
    "rgb24",
    "-f",
    "rawvideo",
    `${folder}/bars.rgb`,
  ]]);
  return { ...BOX, bytes: await Deno.readFile(`${folder}/bars.rgb`) };
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  const all = ["-nostdin", "-loglevel", "error", ...args];
  assert((await new Deno.Command("ffmpeg", { args: all }).output()).success);
}

mirrorTest(
  "a video is drawn as it is, and ffmpeg ends with the program, however that ends",
  "tmux and ffmpeg",
  async (terminal) => {
    const picture = await makeVideo(terminal.folder);
    const running = async () => {
      const { stdout } = await new Deno.Command("pgrep", { args: ["-f", `file:${terminal.folder}/bars.mkv`] }).output();
      return new TextDecoder().decode(stdout).trim().split("\n").filter((id) => id !== "").length;
    };
    for (const end of [() => terminal.press("q"), async () => Deno.kill(await terminal.programId(), "SIGKILL")]) {
      await terminal.enter("clear; COLORTERM=truecolor confab mirror --camera ~/bars.mkv");
      await terminal.until((text) => text.endsWith("q quits") && text.includes("you"));
      let error = 256;
      await poll(async () => {
        error = await meanError(terminal, picture, 18);
        return error < 12;
      }, () => `the video on the screen: it differs by ${error}`);
      assertEquals(await running(), 1);
      await end();
      await poll(async () => await running() === 0, () => "the end of ffmpeg");
      await terminal.until(/\$ ?$/);
      await terminal.enter("stty sane; clear");
    }
  },
);

mirrorTest("a camera that is missing is one sentence, in a terminal as it was", "tmux", async (terminal) => {
  await terminal.enter("clear; confab mirror --camera nowhere.mp4");
  const screen = await terminal.until(/^No camera/m);
  assertStringIncludes(
    screen.replaceAll("\n", ""),
    'No camera and no file is called "nowhere.mp4": call --devices lists the cameras',
  );
  await assertGivenBack(terminal, EXIT.noDevice);
});

Deno.test("outside a terminal the mirror says so, and the devices are listed", async () => {
  const mirror = await runConfab(["mirror", "--test"]);
  assertEquals(mirror.code, EXIT.usage);
  assertEquals(mirror.stderr, "mirror draws in a terminal: run it in one, without < and >");
  const bare = await runConfab(["call"]);
  assertEquals(bare.code, EXIT.usage);
  assertEquals(bare.stderr, "call only lists devices, with --devices: to call somebody, connect and type /call");
  const { code, stdout, stderr } = await runConfab(["call", "--devices"]);
  assertEquals([code, stderr], [EXIT.fine, ""]);
  for (const option of ["camera", "microphone"]) assertMatch(stdout, new RegExp(`(^|with )--${option}`, "m"));
});
