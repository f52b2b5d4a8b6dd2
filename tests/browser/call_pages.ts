/** Pages in a call, with Chromium's fake devices: a picture of coloured cells, and a beep each second. */

import type { Locator, Page } from "playwright-core";
import { newFolder } from "../helpers/e2e_home.ts";
import { Visitors } from "./browser.ts";

/** Chromium's arguments: it has a camera and a microphone, and the user lets pages use them. */
export const FAKE_DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

const WIDTH = 320;
const HEIGHT = 180;
/** Cells of the camera's picture. */
export const COLUMNS = 8;
export const ROWS = 6;

/** The error of a JPEG file of 2 KB, with its colours at half the resolution, and of the browser's conversions. */
export const MAX_CELL_ERROR = 8;

/** Opens a browser whose camera shows cells of different colours. */
export async function visitorsWithCamera(...args: readonly string[]): Promise<Visitors> {
  const file = `${newFolder()}/cells.y4m`;
  await Deno.writeFile(file, cellsVideo());
  return await Visitors.open({ args: [...FAKE_DEVICES, `--use-file-for-fake-video-capture=${file}`, ...args] });
}

/** A video of one picture, as YUV4MPEG2 of a fourth of the colours. */
function cellsVideo(): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F20:1 Ip A1:1 C420jpeg\nFRAME\n`);
  const luma = plane(WIDTH, HEIGHT, (column, row) => 40 + (column * 53 + row * 91) % 180);
  const blue = plane(WIDTH / 2, HEIGHT / 2, (column) => 60 + column * 18);
  const red = plane(WIDTH / 2, HEIGHT / 2, (_, row) => 60 + row * 24);
  return new Uint8Array([...head, ...luma, ...blue, ...red]);
}

function plane(width: number, height: number, value: (column: number, row: number) => number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return value(Math.floor(x * COLUMNS / width), Math.floor(y * ROWS / height));
  });
}

/** The mean red, green and blue of each cell of a picture or video on the page. */
export async function cellsOf(page: Page, selector: string): Promise<number[]> {
  return await page.locator(selector).evaluate((element, [width, height, columns, rows]) => {
    const context = new OffscreenCanvas(width!, height!).getContext("2d")!;
    context.drawImage(element as HTMLCanvasElement | HTMLVideoElement, 0, 0, width!, height!);
    const [cellWidth, cellHeight] = [width! / columns!, height! / rows!];
    return Array.from({ length: columns! * rows! }, (_, index) => {
      const [x, y] = [index % columns!, Math.floor(index / columns!)];
      const { data } = context.getImageData(x * cellWidth, y * cellHeight, cellWidth, cellHeight);
      const mean = (colour: number) => data.filter((_, at) => at % 4 === colour).reduce((sum, each) => sum + each, 0);
      return [0, 1, 2].map((colour) => mean(colour) * 4 / data.length);
    }).flat();
  }, [WIDTH, HEIGHT, COLUMNS, ROWS]);
}

/** The mean error of the cells, of 255, between one's own camera on one page and what another page shows of it. */
export async function pictureError(sender: Page, receiver: Page): Promise<number> {
  await receiver.locator(SHOWN_PICTURE).waitFor();
  const sent = await cellsOf(sender, ".call-self video");
  const drawn = await cellsOf(receiver, SHOWN_PICTURE);
  return meanError(sent, drawn);
}

export function meanError(some: readonly number[], others: readonly number[]): number {
  return some.reduce((sum, value, index) => sum + Math.abs(value - others[index]!), 0) / some.length;
}

/** The picture of another member. */
export const SHOWN_PICTURE = ".call-others canvas:not([hidden])";

/** Waits until the page has drawn another picture of another member. */
export async function nextPicture(page: Page): Promise<void> {
  const canvas = await page.locator(SHOWN_PICTURE).elementHandle();
  await canvas!.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    (element as HTMLCanvasElement).getContext("2d")!.clearRect(0, 0, width, height);
  });
  await page.waitForFunction((element) => {
    return (element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, 1, 1).data[3] !== 0;
  }, canvas);
}

/** Lets `hearTone` know what pages play. Call it before the page is in a call. */
export async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const connect = AudioNode.prototype.connect as (this: AudioNode, target: AudioNode) => AudioNode;
    AudioWorkletNode.prototype.connect = function (this: AudioNode, target: AudioNode) {
      const analyser = new AnalyserNode(this.context);
      connect.call(this, analyser);
      Object.assign(globalThis, { played: analyser });
      return connect.call(this, target);
    } as typeof AudioNode.prototype.connect;
  });
}

declare const played: AnalyserNode | undefined;

/** Waits until the page plays a sound, whose strongest part has about that frequency. */
export async function hearTone(page: Page, hertz?: number): Promise<void> {
  await page.waitForFunction(
    (hertz) => {
      if (!("played" in globalThis)) return false;
      const { fftSize, frequencyBinCount, context } = played!;
      const samples = new Float32Array(fftSize);
      played!.getFloatTimeDomainData(samples);
      if (Math.max(...samples) < 0.05) return false;
      const levels = new Float32Array(frequencyBinCount);
      played!.getFloatFrequencyData(levels);
      const strongest = levels.indexOf(Math.max(...levels)) * context.sampleRate / fftSize;
      return hertz === undefined || Math.abs(strongest - hertz) < 50;
    },
    hertz,
    { polling: 20 },
  );
}

/** Waits for a note in the open conversation. */
export async function note(page: Page, text: string): Promise<void> {
  await page.locator("#messages .note", { hasText: text }).last().waitFor();
}

export function button(page: Page, name: string): Locator {
  return page.getByRole("button", { name, exact: true });
}

/** Waits until the page shows that another member is muted, or asked to enter. */
export async function marked(page: Page, text: string): Promise<void> {
  await page.locator(".call-others .mark", { hasText: text }).waitFor();
}
