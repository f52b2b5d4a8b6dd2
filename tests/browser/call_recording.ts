// Records `.github/call.gif`: a call between two terminals, from the real program.
// Run it by hand after a change of calls: deno run -A tests/browser/call_recording.ts [FILE]. Needs tmux, ffmpeg and Chromium.

import { type CellColor, coloredCells } from "../helpers/colored_screen.ts";
import { serve } from "../helpers/e2e.ts";
import { removeFolders } from "../helpers/e2e_home.ts";
import { run } from "../helpers/process.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { Tmux } from "../helpers/tmux.ts";
import { Visitors } from "./browser.ts";

const FILE = Deno.args[0] ?? new URL("../../.github/call.gif", import.meta.url).pathname;
const SIZE = { columns: 64, rows: 22 };
const FRAMES_PER_SECOND = 4;

/** The lines that ada and bob type, and after how many seconds. */
const SCENES: readonly (readonly [seconds: number, who: "ada" | "bob", line: string])[] = [
  [1, "ada", "/call bob"],
  [3, "bob", "/answer"],
  [8, "ada", "hello from the terminal"],
  [10, "bob", "I can see you"],
  [13, "ada", "/camera off"],
  [15, "ada", "/camera on"],
  [18, "bob", "/hangup"],
];
const SECONDS = 20;

function css(color: CellColor, otherwise: string): string {
  return color === undefined ? otherwise : `rgb(${color.join(",")})`;
}

function escaped(char: string): string {
  return char.replace(/[&<>]/g, (each) => `&#${each.codePointAt(0)};`);
}

/** A screen as HTML: half blocks are drawn as gradients, so that no font leaves gaps. */
function screenHtml(captured: string): string {
  const rows = coloredCells(captured).map((cells) =>
    cells.map(({ char, text, background }) => {
      const [upper, lower] = [css(text, "#ddd"), css(background, "transparent")];
      const halves = char === "▀" ? [upper, lower] : char === "▄" ? [lower, upper] : undefined;
      if (halves !== undefined) return `<i style="background:linear-gradient(${halves[0]} 50%,${halves[1]} 50%)"> </i>`;
      return `<i style="color:${upper};background:${lower}">${escaped(char)}</i>`;
    }).join("")
  );
  return `<pre>${rows.join("\n")}</pre>`;
}

function pageHtml(screens: readonly string[]): string {
  const style = "body{margin:8px;display:flex;gap:8px;background:#888}" +
    "pre{margin:0;padding:6px;width:512px;height:374px;overflow:hidden;background:#111;color:#ddd;font:14px/17px monospace}" +
    "i{font-style:normal;display:inline-block;width:8px;height:17px;vertical-align:top;overflow:hidden}";
  return `<style>${style}</style>${screens.map(screenHtml).join("")}`;
}

async function join(address: string, name: string, camera: string): Promise<Tmux> {
  const terminal = await Tmux.open(SIZE);
  const devices = `--camera ${camera} --microphone test --speaker none`;
  await terminal.enter(`clear; COLORTERM=truecolor confab connect ${address} --name ${name} ${devices}`);
  await terminal.until("Ctrl-D quits");
  return terminal;
}

async function record(): Promise<void> {
  using folder = temporaryFolder();
  const video = `${folder.path}/scene.mp4`;
  await run("ffmpeg", { args: ["-v", "error", "-f", "lavfi", "-i", "mandelbrot=s=320x180:r=10", "-t", "30", video] });
  await using server = await serve();
  await using ada = await join(server.address, "ada", "test");
  await using bob = await join(server.address, "bob", video);
  await using visitors = await Visitors.open();
  const page = await visitors.visit(`http://${server.address}/help`, { viewport: { width: 1072, height: 402 } });
  // The page of the server allows no other content.
  await page.goto("about:blank");
  const captures: string[][] = [];
  const began = Date.now();
  const waiting = [...SCENES];
  for (let nth = 0; nth < SECONDS * FRAMES_PER_SECOND; nth++) {
    if (waiting.length > 0 && nth >= waiting[0]![0] * FRAMES_PER_SECOND) {
      const [, who, line] = waiting.shift()!;
      await (who === "ada" ? ada : bob).enter(line);
    }
    captures.push([await ada.colors(), await bob.colors()]);
    const due = began + (nth + 1) * 1_000 / FRAMES_PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
  }
  for (const [nth, screens] of captures.entries()) {
    await page.setContent(pageHtml(screens));
    await page.screenshot({ path: `${folder.path}/${String(nth).padStart(4, "0")}.png` });
  }
  const colors = "split[a][b];[a]palettegen=max_colors=96[p];[b][p]paletteuse=dither=none";
  const input = ["-framerate", `${FRAMES_PER_SECOND}`, "-i", `${folder.path}/%04d.png`];
  await run("ffmpeg", { args: ["-v", "error", "-y", ...input, "-vf", colors, FILE] });
  console.log(`${FILE}: ${SECONDS} s, ${Math.round((await Deno.stat(FILE)).size / 1_000)} kB`);
}

try {
  await record();
} finally {
  removeFolders();
}
