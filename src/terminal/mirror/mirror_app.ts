/** Shows the pictures of a camera in the whole window until a key ends it. */

import type { Camera, VideoForm, VideoPicture } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import type { PictureStream } from "../calls/call_setup.ts";
import type { Key } from "../input/key_decoder.ts";
import { KeySource } from "../input/key_source.ts";
import type { PixelPicture } from "../pictures/color_codes.ts";
import type { LiveFrame, Size } from "../render/live_region.ts";
import type { Palette } from "../render/palette.ts";
import { Painter } from "../screen/painter.ts";
import type { Terminal } from "../screen/terminal_port.ts";
import { truncate } from "../screen/text_width.ts";
import { FramePacer } from "../video/frame_pacer.ts";
import { boxPixels, layOutGrid } from "../video/video_grid.ts";
import { type VideoDisplay, VideoScreen, type VideoTile } from "../video/video_screen.ts";

export interface MirrorOptions {
  readonly camera: Camera;
  /** The name below the picture. */
  readonly name: string;
  readonly stream: PictureStream;
  readonly display: VideoDisplay;
  readonly palette: Palette;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Frees unused memory, if the platform has a function for it. */
  readonly collect?: (() => void) | undefined;
}

const ENDING_KEYS: ReadonlySet<string> = new Set(["escape", "C-c", "C-d"]);
const HINT = "q quits";
const HIDE_CURSOR = "\x1b[?25l";
/** Sizes and rate of the pictures: the smallest that fills the window, in whole multiples of the usual size of calls. */
const FORMS: readonly VideoForm[] = [[160, 90], [320, 180], [640, 360]].map(([width, height]) => ({
  width: width!,
  height: height!,
  rate: 15,
}));

/**
 * Resolves when the user quits, or when the camera or the terminal ends. Rejects with the `DeviceError` of the camera. The terminal
 * is restored and the camera off in any case.
 */
export async function runMirror(options: MirrorOptions): Promise<void> {
  const mirror = new Mirror(options);
  using _raw = options.terminal.open({ resized: () => mirror.resize(), stopped: () => mirror.quit() });
  await mirror.run();
}

class Mirror {
  readonly #options: MirrorOptions;
  readonly #screen: VideoScreen;
  readonly #painter: Painter;
  readonly #pacer: FramePacer;
  readonly #over = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #picture: PixelPicture | undefined;
  /** The version of the rows for which the last frame was made. */
  #version = -1;

  constructor(options: MirrorOptions) {
    const { terminal, clock, display, palette, collect } = options;
    this.#options = options;
    this.#screen = new VideoScreen(display, palette);
    const lost = () => this.quit();
    const layOut = (size: Size) => layOutMirror(size, palette);
    this.#painter = new Painter({ terminal, clock, layOut, commands: () => HIDE_CURSOR, collect, lost });
    this.#pacer = new FramePacer({
      clock,
      lost,
      frame: () => this.#frame(),
      write: (text) => this.#write(text),
      signal: this.#over.signal,
    });
  }

  quit(): void {
    this.#ended.resolve();
  }

  /** The terminal has wrapped the rows of the picture: they could be anywhere. */
  resize(): void {
    this.#painter.clear();
    this.#painter.paint();
    this.#pacer.request();
  }

  async run(): Promise<void> {
    const { terminal, clock } = this.#options;
    const keys = new KeySource({
      terminal,
      clock,
      press: (key) => isEnding(key) && this.quit(),
      answered: () => this.#pacer.answered(),
      paint: () => {},
      gone: () => this.quit(),
      signal: this.#over.signal,
    });
    this.#painter.paint();
    this.#pacer.request();
    const showing = this.#show();
    try {
      await Promise.race([this.#ended.promise, showing, keys.read()]);
    } finally {
      await new Promise<void>((resolve) => this.#pacer.settle(resolve));
      this.#over.abort();
      await this.#painter.end();
    }
    await showing;
  }

  async #show(): Promise<void> {
    const form = formFor(this.#box());
    for await (const picture of this.#options.camera.pictures(form, this.#over.signal)) void this.#take(picture);
  }

  /** A picture that cannot be shown leaves the one before. */
  async #take(picture: VideoPicture): Promise<void> {
    const box = this.#box();
    if (box === undefined) return;
    const decoded = await this.#options.stream.decode(picture, box).catch(() => undefined);
    if (decoded === undefined) return;
    const isFirst = this.#picture === undefined;
    this.#picture = decoded;
    // In a checkout, Deno clears the row of the cursor when it has loaded a worker.
    if (isFirst) this.#painter.paint();
    this.#pacer.request();
  }

  /** What the picture may have in this window; `undefined` if it is too small. */
  #box(): { readonly width: number; readonly height: number } | undefined {
    const size = this.#options.terminal.size();
    const [tile] = layOutGrid(1, { columns: size.columns, rows: videoRows(size) });
    return tile && boxPixels(tile.picture);
  }

  #frame(): string {
    const { rows, columns, version } = this.#painter.video;
    if (version !== this.#version) this.#screen.reset();
    this.#version = version;
    const tile: VideoTile = { name: this.#options.name, speaks: false, ...this.#picture && { picture: this.#picture } };
    return this.#screen.draw([tile], { columns, rows });
  }

  async #write(text: string): Promise<boolean> {
    const isWritten = await this.#painter.writeVideo(text, this.#version);
    // Otherwise the rows have moved meanwhile, or another program has the terminal.
    if (!isWritten) this.#version = -1;
    return isWritten;
  }
}

/** Rows of the picture and its name. One is for the hint, and one is free. */
function videoRows({ rows }: Size): number {
  return Math.max(0, rows - 2);
}

function layOutMirror(size: Size, palette: Palette): LiveFrame {
  const hint = truncate(HINT, size.columns);
  const row = { text: palette.dim(hint), plain: hint };
  const count = videoRows(size);
  const blank = Array.from({ length: count }, () => ({ text: "", plain: "" }));
  return { rows: [...blank, row], videoRows: count, cursorRow: count, beforeCursor: row };
}

function formFor(box: { readonly width: number; readonly height: number } | undefined): VideoForm {
  const found = FORMS.find(({ width, height }) => box !== undefined && (width >= box.width || height >= box.height));
  return found ?? FORMS.at(-1)!;
}

function isEnding(key: Key): boolean {
  if (key.type === "press") return ENDING_KEYS.has(key.key);
  return key.type === "text" && /^q/i.test(key.text);
}
