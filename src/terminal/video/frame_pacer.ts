import type { Clock } from "../../client/clock.ts";

/** A question that each terminal answers once it has drawn what came before: a status report (ECMA-48, section 8.3.35). */
export const STATUS_QUESTION = "\x1b[5n";

/** How long a terminal may take to draw a frame. One that has never answered may not know the question. */
const FIRST_ANSWER_MS = 1_000;
const NEXT_ANSWER_MS = 5_000;
/** Time between two frames on a terminal that does not answer. */
const SILENT_MS = 500;
/** Time until a frame that was not written is tried again. */
const RETRY_MS = 100;

export interface FramePacerOptions {
  readonly clock: Clock;
  /** The text of the newest frame; empty if it is on the screen already. */
  readonly frame: () => string;
  /** Resolves when all of the text is written; with false if nothing was, because the terminal is not ready for this frame. */
  readonly write: (text: string) => Promise<boolean>;
  /** Called when a write fails because the terminal is closed. */
  readonly lost: () => void;
  /** Ends all timers. */
  readonly signal: AbortSignal;
}

/**
 * `ready`: the terminal has drawn everything. `asked`: it has a frame and the question. `silent`: it has not answered in time, and
 * gets a frame all the same. `resting`: it gets no other one for some time.
 */
type PacerState = "ready" | "asked" | "silent" | "resting";

/**
 * Draws frames as fast as the terminal draws, and no faster: the next frame is drawn when the terminal has answered after the one
 * before, from what is the newest then. A terminal that does not answer gets two frames a second.
 */
export class FramePacer {
  readonly #options: FramePacerOptions;
  #state: PacerState = "ready";
  #wanted = false;
  #writing = false;
  #hasAnswered = false;
  #timer = new AbortController();
  /** Those who wait to give the terminal away, and how long they do. */
  readonly #settling: (() => void)[] = [];
  #patience = new AbortController();

  constructor(options: FramePacerOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => {
      this.#timer.abort();
      this.#endSettling();
    }, { once: true });
  }

  /** Draws a frame as soon as the terminal is ready. Call it when there is something new. */
  request(): void {
    this.#wanted = true;
    this.#drawIfReady();
  }

  /** The terminal has answered the question. */
  answered(): void {
    if (this.#state === "ready") return;
    this.#hasAnswered = true;
    this.reset();
    this.#endSettling();
    this.#drawIfReady();
  }

  /** Forgets the question: another program had the terminal, and may have got the answer. */
  reset(): void {
    this.#timer.abort();
    this.#state = "ready";
  }

  /**
   * Calls back when the terminal has answered, or has not in a second: another program would read the answer as keys. Nothing is
   * drawn until then. The caller keeps on reading the terminal meanwhile. Nothing is awaited if nothing was asked.
   */
  settle(done: () => void): void {
    if (this.#state !== "asked" || this.#options.signal.aborted) return done();
    this.#settling.push(done);
    if (this.#settling.length === 1) {
      this.#options.clock.after(FIRST_ANSWER_MS, () => this.#endSettling(), this.#patience.signal);
    }
  }

  #endSettling(): void {
    this.#patience.abort();
    this.#patience = new AbortController();
    for (const done of this.#settling.splice(0)) done();
  }

  #drawIfReady(): void {
    const mayDraw = this.#state === "ready" || this.#state === "silent";
    if (!this.#wanted || !mayDraw || this.#writing || this.#settling.length > 0) return;
    if (this.#options.signal.aborted) return;
    this.#wanted = false;
    const text = this.#options.frame();
    if (text !== "") void this.#draw(text);
  }

  async #draw(text: string): Promise<void> {
    const asks = this.#state === "ready";
    if (asks) this.#enter("asked", this.#hasAnswered ? NEXT_ANSWER_MS : FIRST_ANSWER_MS);
    else this.#enter("resting", SILENT_MS);
    this.#writing = true;
    try {
      if (!await this.#options.write(asks ? text + STATUS_QUESTION : text)) this.#retry(asks);
    } catch {
      return this.#options.lost();
    } finally {
      this.#writing = false;
    }
    // The answer may have come before.
    this.#drawIfReady();
  }

  /** Waits, and then draws the frame again. Nobody was asked. */
  #retry(asks: boolean): void {
    this.#wanted = true;
    this.#enter("resting", RETRY_MS, asks ? "ready" : "silent");
  }

  /** Enters a state that ends with the time. */
  #enter(state: PacerState, ms: number, next: PacerState = "silent"): void {
    this.#timer.abort();
    this.#state = state;
    this.#timer = new AbortController();
    this.#options.clock.after(ms, () => {
      this.#state = next;
      this.#drawIfReady();
    }, this.#timer.signal);
  }
}
