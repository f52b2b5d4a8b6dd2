/** A call between a page and the terminal client, which shows its test picture and lets its test tone be heard. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { HAS_TMUX, serve } from "../helpers/e2e.ts";
import { halfBlockPicture, meanColours } from "../helpers/half_blocks.ts";
import { poll } from "../helpers/process_lines.ts";
import { Tmux } from "../helpers/tmux.ts";
import { HAS_CHROMIUM, joinAs, say } from "./browser.ts";
import {
  cellsOf,
  COLUMNS,
  hearTone,
  listen,
  meanError,
  nextPicture,
  ROWS,
  SHOWN_PICTURE,
  visitorsWithCamera,
} from "./call_pages.ts";

/** The colour bars in the upper half of the terminal's test picture. */
const BARS = [[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191], [191, 0, 0], [0, 0, 191], [
  16,
  16,
  16,
]];
/** The terminal redraws only what has changed by more than its tolerance, and its pixels are coarse. */
const MAX_ERROR = 20;
const TONE_HERTZ = 1_000;

/** The error of the terminal's picture of the page's camera, once it is drawn. */
async function drawnError(tmux: Tmux, page: Page): Promise<number> {
  await tmux.until("▀");
  const picture = halfBlockPicture(await tmux.colors());
  return meanError(await cellsOf(page, ".call-self video"), meanColours(picture, COLUMNS, ROWS));
}

/** The loudest sample of a WAV file, also while it is being written. */
async function loudest(path: string): Promise<number> {
  const { buffer } = await Deno.readFile(path);
  return Math.max(...new Int16Array(buffer.slice(44, 44 + 2 * Math.floor((buffer.byteLength - 44) / 2))));
}

Deno.test({
  name: "a page and a terminal in a call see and hear each other, and either hangs up (needs tmux)",
  ignore: !HAS_CHROMIUM || !HAS_TMUX,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await visitorsWithCamera();
    await using tmux = await Tmux.open({ columns: 100, rows: 30 });
    const page = await visitors.visit(`http://${server.address}/`);
    await listen(page);
    await joinAs(page, "ada");
    const devices = `--camera test --microphone test --speaker ${tmux.folder}/heard.wav`;
    await tmux.enter(`COLORTERM=truecolor confab connect ${server.address} --name bob ${devices}`);
    await tmux.untilPrompt("#lobby>");
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await tmux.until("ada is calling you: /answer or /decline");
    await tmux.enter("/answer");
    await page.locator(SHOWN_PICTURE).waitFor();
    const shown = await cellsOf(page, SHOWN_PICTURE);
    assert(meanError(BARS.flat(), shown.slice(0, BARS.flat().length)) < MAX_ERROR, shown.join());
    await nextPicture(page);
    await hearTone(page, TONE_HERTZ);
    let error = 0;
    const isDrawn = async () => (error = await drawnError(tmux, page)) < MAX_ERROR;
    await poll(isDrawn, () => `the page's picture in the terminal: mean error of ${error}`);

    const isHeard = async () => await loudest(`${tmux.folder}/heard.wav`) > 1_000;
    await poll(isHeard, () => "the page's tone in the terminal");

    await tmux.enter("I see you");
    await page.locator("#messages .text", { hasText: "I see you" }).waitFor();
    await say(page, "so do I");
    await tmux.until("ada: so do I");
    await tmux.enter("/hangup");
    await page.getByText("The call is over").waitFor();
    assertEquals(await page.locator("#call-strip").count(), 0);
    await tmux.enter("/call");
    await page.getByRole("button", { name: "Answer", exact: true }).click();
    await page.locator(SHOWN_PICTURE).waitFor();
    await page.getByRole("button", { name: "Hang up" }).click();
    await tmux.until("The call is over");
    await server.stop();
  },
});
