/** Brings lines and the live region to the terminal: at most one write in flight, and what piles up meanwhile joined. */

import type { Clock } from "../../client/clock.ts";
import { MAX_UNPRINTED_CHARS } from "../../protocol/limits.ts";
import { MemoryReclaimer } from "../garbage.ts";
import type { LiveFrame, Size } from "../render/live_region.ts";
import { type Drawn, paint } from "./screen.ts";
import type { Terminal } from "./terminal.ts";

export interface PainterOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** What the live region shows now, in a window of that size. */
  readonly layOut: (size: Size) => LiveFrame;
  /** What else to tell the terminal with a write: nothing that draws. */
  readonly commands?: () => string;
  /** Frees unused memory, where the platform can be asked to. */
  readonly collect?: (() => void) | undefined;
  /** The terminal is gone. Called once. */
  readonly lost: () => void;
}

export class Painter {
  readonly #options: PainterOptions;
  readonly #stop = new AbortController();
  readonly #garbage: MemoryReclaimer;
  #waiting: string[] = [];
  /** With one for each line's end. */
  #waitingChars = 0;
  #dropped = 0;
  #drawn: Drawn | undefined;
  #last = "";
  #clear = false;
  #scheduled = false;
  #again = false;
  #ended = false;
  /** Somebody else has the terminal. */
  #paused = false;
  #writing: Promise<void> | undefined;

  constructor(options: PainterOptions) {
    this.#options = options;
    this.#garbage = new MemoryReclaimer(options.clock, this.#stop.signal, options.collect);
  }

  /** Prints with the next paint; many calls in one turn of the event loop make one paint. */
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

  /** Paints at once, or as soon as the write in flight is done. */
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

  /** Prints what waits and takes the region away, for good. Resolves once that is written, or cannot be. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#stop.abort();
    await this.#takeAway();
    this.#ended = true;
  }

  /** The same until `resume`; what is to be printed waits. */
  async pause(): Promise<void> {
    if (this.#ended) return;
    this.#paused = true;
    await this.#takeAway();
  }

  resume(): void {
    this.#paused = false;
    this.paint();
  }

  async #takeAway(): Promise<void> {
    await this.#writing;
    this.#again = false;
    this.#write(undefined, this.#options.terminal.size().columns);
    await this.#writing;
  }

  #write(frame: LiveFrame | undefined, columns: number): void {
    const commands = this.#options.commands?.() ?? "";
    const text = paint({ drawn: this.#drawn, lines: this.#takeLines(), frame, columns, clear: this.#clear });
    // Erasing and drawing the same again, as after a key that does nothing, is left out.
    if (commands === "" && text === this.#last && columns === this.#drawn?.columns) return;
    this.#clear = false;
    this.#drawn = frame === undefined ? undefined : { frame, columns };
    this.#last = frame === undefined ? "" : paint({ drawn: this.#drawn, lines: [], frame, columns, clear: false });
    this.#writing = this.#send(commands + text);
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
    if (this.#dropped > 0) lines.unshift(`! ${this.#dropped} lines could not be shown in time`);
    this.#waiting = [];
    this.#waitingChars = 0;
    this.#dropped = 0;
    return lines;
  }
}
