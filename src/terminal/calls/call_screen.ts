import type { VideoForm } from "../../client/calls/call_ports.ts";
import type { Clock } from "../../client/clock.ts";
import { isGraphics, type PictureDisplay } from "../pictures/picture_lines.ts";
import type { Palette } from "../render/palette.ts";
import type { Size } from "../render/live_region.ts";
import type { Painter, VideoRows } from "../screen/painter.ts";
import { FramePacer } from "../video/frame_pacer.ts";
import { boxPixels, layOutGrid, type VideoTileBox } from "../video/video_grid.ts";
import { type VideoDisplay, VideoScreen, type VideoTile } from "../video/video_screen.ts";
import type { PixelBox } from "./call_setup.ts";

export interface CallScreenOptions {
  readonly painter: () => Pick<Painter, "video" | "writeVideo">;
  readonly display: VideoDisplay;
  readonly palette: Palette;
  readonly clock: Clock;
  readonly tiles: () => readonly VideoTile[];
  /** Asks the others for pictures of this form. */
  readonly wants: (form: VideoForm) => void;
  readonly lost: () => void;
  readonly signal: AbortSignal;
}

/** The part of the window that pictures may take: the rest is for the chat. */
const LARGEST_PART = 0.6;
/** Columns of a cell for each row of a picture of the usual shape. */
const SHAPE = 16 / 9 * 2;
const RATE = 10;
/** The sizes that are asked for: the smallest one that is no smaller than what is drawn. */
const SIZES: readonly PixelBox[] = [[80, 45], [160, 90], [320, 180], [640, 360]].map(([width, height]) => ({
  width: width!,
  height: height!,
}));

/** The pictures of a call, in the first rows of the live region. */
export class CallScreen {
  readonly #options: CallScreenOptions;
  readonly #pacer: FramePacer;
  readonly #screen: VideoScreen;
  #box: PixelBox | undefined;
  /** The version of the rows for which the last frame was made. */
  #version = -1;

  constructor(options: CallScreenOptions) {
    const { clock, lost, signal, display, palette } = options;
    this.#options = options;
    this.#screen = new VideoScreen(display, palette);
    this.#pacer = new FramePacer({
      clock,
      lost,
      signal,
      frame: () => this.#frame(),
      write: (text) => this.#write(text),
    });
  }

  /** The largest size of a picture in pixels; `undefined` while none are shown. */
  get box(): PixelBox | undefined {
    return this.#box;
  }

  /** Draws what is new as soon as the terminal is ready for it. */
  request(): void {
    this.#pacer.request();
  }

  /** The terminal has answered. */
  answered(): void {
    this.#pacer.answered();
  }

  /** Calls back when the terminal may be given to another program. Nothing is drawn until then. */
  settle(done: () => void): void {
    this.#pacer.settle(done);
  }

  /** All pictures, for rows that were erased or moved. */
  redraw({ rows, columns, version }: VideoRows): string {
    this.#screen.reset();
    this.#version = version;
    return this.#screen.draw(this.#options.tiles(), { columns, rows });
  }

  /** Returns the rows for the pictures in a window of this size; 0 without a call, or if it is too small. */
  rows(size: Size): number {
    const tiles = this.#options.tiles().length;
    const boxes = tiles === 0 ? [] : boxesIn(tiles, size);
    const [first] = boxes;
    this.#box = first && boxPixels(first.picture);
    if (tiles > 0) this.#options.wants(this.#box === undefined ? { width: 0, height: 0, rate: 0 } : formFor(this.#box));
    return rowsOf(boxes);
  }

  #frame(): string {
    const { tiles, painter } = this.#options;
    const { video } = painter();
    if (video.rows === 0) return "";
    return video.version === this.#version ? this.#screen.draw(tiles(), video) : this.redraw(video);
  }

  async #write(text: string): Promise<boolean> {
    const isWritten = await this.#options.painter().writeVideo(text, this.#version);
    // Otherwise the rows have moved meanwhile, or another program has the terminal.
    if (!isWritten) this.#version = -1;
    return isWritten;
  }
}

/** The boxes of the pictures, without the rows that no picture of the usual shape would fill. */
function boxesIn(tiles: number, { columns, rows }: Size): VideoTileBox[] {
  const most = { columns, rows: Math.floor((rows - 1) * LARGEST_PART) };
  const boxes = layOutGrid(tiles, most);
  const [first] = boxes;
  if (first === undefined) return [];
  const down = new Set(boxes.map(({ label }) => label.row)).size;
  const needed = Math.min(first.picture.rows, Math.ceil(first.picture.columns / SHAPE));
  return layOutGrid(tiles, { columns, rows: down * (needed + 1) });
}

/** How a terminal that shows pictures of messages in this way shows those of a call: one without colours in characters. */
export function videoDisplay(pictures: PictureDisplay | undefined): VideoDisplay {
  if (pictures === undefined) return "characters";
  return isGraphics(pictures) ? "true" : pictures;
}

function rowsOf(boxes: readonly VideoTileBox[]): number {
  return Math.max(0, ...boxes.map(({ label }) => label.row + 1));
}

function formFor({ width, height }: PixelBox): VideoForm {
  const size = SIZES.find((each) => each.width >= width || each.height >= height) ?? SIZES.at(-1)!;
  return { ...size, rate: RATE };
}
