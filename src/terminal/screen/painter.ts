/**
 * Writes lines and the live region to the terminal. One write is in flight at a time; lines that arrive meanwhile are
 * joined.
 */

import type { Clock } from "../../client/clock.ts";
import { MAX_UNPRINTED_CHARS } from "../../protocol/limits.ts";
import { MemoryReclaimer } from "../memory_reclaimer.ts";
import type { LiveFrame, Size } from "../render/live_region.ts";
import { type Drawn, keepsVideo, paint, paintVideo } from "./screen.ts";
import type { Terminal } from "./terminal_port.ts";

export interface PainterOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Lays out the current live region for a window of this size. */
  readonly layOut: (size: Size) => LiveFrame;
  /** The whole text of the rows of pictures, which were erased or moved. Its cursor begins and ends in the first cell. */
  readonly video?: (part: VideoRows) => string;
  /** Escape sequences to send with the next write; they must not draw. */
  readonly commands?: () => string;
  /** Frees unused memory, if the platform supports it. */
  readonly collect?: (() => void) | undefined;
  /** Called once when a write fails because the terminal is closed. */
  readonly lost: () => void;
}

/** The rows of pictures on the screen. What was drawn there is gone when the `version` has changed. */
export interface VideoRows {
  readonly rows: number;
  readonly columns: number;
  readonly version: number;
}

export class Painter {
  readonly #options: PainterOptions;
  readonly #stop = new AbortController();
  readonly #garbage: MemoryReclaimer;
  #waiting: string[] = [];
  /** UTF-16 units of the waiting lines, plus one for each line end. */
  #waitingChars = 0;
  #dropped = 0;
  #drawn: Drawn | undefined;
  #last = "";
  #clear = false;
  #scheduled = false;
  #again = false;
  #ended = false;
  /** True while another program has the terminal. */
  #paused = false;
  #writing: Promise<void> | undefined;
  /** Counts how many times the rows of pictures were erased or moved. */
  #videoVersion = 0;

  constructor(options: PainterOptions) {
    this.#options = options;
    this.#garbage = new MemoryReclaimer(options.clock, this.#stop.signal, options.collect);
  }

  /** Prints lines with the next paint. Many calls in one turn of the event loop lead to one paint. */
  print(lines: readonly string[]): void {
    for (const line of lines) {
      this.#waiting.push(line);
      this.#waitingChars += line.length + 1;
    }
    if (this.#waitingChars > MAX_UNPRINTED_CHARS) this.#dropOldest();
    this.schedule();
  }

  #dropOldest(): void {
    let count = 0;
    while (this.#waitingChars > MAX_UNPRINTED_CHARS) this.#waitingChars -= this.#waiting[count++]!.length + 1;
    this.#waiting.splice(0, count);
    this.#dropped += count;
  }

  clear(): void {
    this.#clear = true;
    this.schedule();
  }

  schedule(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    this.#options.clock.after(0, () => this.paint(), this.#stop.signal);
  }

  /** Paints at once, or after the write in flight. */
  paint(): void {
    this.#scheduled = false;
    if (this.#ended || this.#paused) return;
    if (this.#writing !== undefined) {
      this.#again = true;
      return;
    }
    const size = this.#options.terminal.size();
    this.#write(this.#options.layOut(size), size.columns);
  }

  get video(): VideoRows {
    const { frame, columns } = this.#drawn ?? {};
    return { rows: frame?.videoRows ?? 0, columns: columns ?? 0, version: this.#videoVersion };
  }

  /** Draws in the rows of pictures. Resolves when that is written; with false if the version is another one by then. */
  async writeVideo(text: string, version: number): Promise<boolean> {
    while (this.#writing !== undefined) await this.#writing;
    const drawn = this.#drawn;
    if (this.#ended || this.#paused || drawn === undefined || version !== this.#videoVersion) return false;
    if (this.#options.terminal.size().columns !== drawn.columns) return false;
    this.#drawn = { ...drawn, hasPictures: true };
    this.#writing = this.#send(paintVideo(text, drawn));
    await this.#writing;
    return true;
  }

  /** Prints waiting lines and removes the live region for good. Resolves when that is written, or has failed. */
  async end(): Promise<void> {
    this.#stop.abort();
    if (this.#ended) return;
    this.#ended = true;
    await this.#removeRegion();
  }

  /** Like `end`, but until `resume`. Lines printed meanwhile wait. */
  async pause(): Promise<void> {
    if (this.#ended) return;
    this.#paused = true;
    await this.#removeRegion();
  }

  resume(): void {
    this.#paused = false;
    this.paint();
  }

  async #removeRegion(): Promise<void> {
    await this.#writing;
    this.#again = false;
    this.#write(undefined, this.#options.terminal.size().columns);
    await this.#writing;
  }

  #write(frame: LiveFrame | undefined, columns: number): void {
    const commands = this.#options.commands?.() ?? "";
    const painting = { drawn: this.#drawn, lines: this.#takeLines(), frame, columns, clear: this.#clear };
    const text = paint(painting);
    // Skips a paint that would change nothing, as after a key without effect.
    if (commands === "" && text === this.#last && columns === this.#drawn?.columns) return;
    const hasPictures = keepsVideo(painting) && this.#drawn?.hasPictures === true;
    if (!keepsVideo(painting)) this.#videoVersion++;
    this.#clear = false;
    this.#drawn = frame === undefined ? undefined : { frame, columns, hasPictures };
    this.#last = frame === undefined ? "" : paint({ drawn: this.#drawn, lines: [], frame, columns, clear: false });
    this.#writing = this.#send(commands + text + (keepsVideo(painting) ? "" : this.#wholeVideo()));
  }

  #wholeVideo(): string {
    const text = this.video.rows === 0 ? "" : this.#options.video?.(this.video) ?? "";
    return text === "" ? "" : paintVideo(text, this.#drawn!);
  }

  async #send(text: string): Promise<void> {
    try {
      await this.#options.terminal.write(text);
    } catch {
      this.#ended = true;
      this.#options.lost();
    }
    this.#writing = undefined;
    this.#garbage.add(text.length);
    if (!this.#again) return;
    this.#again = false;
    this.paint();
  }

  #takeLines(): string[] {
    const lines = this.#waiting;
    if (this.#dropped > 0) lines.unshift(`! ${this.#dropped} lines were skipped: the terminal is too slow`);
    this.#waiting = [];
    this.#waitingChars = 0;
    this.#dropped = 0;
    return lines;
  }
}
