/** Reads a terminal and reports its keys, with the timeouts that end incomplete sequences. */

import type { Clock } from "../../client/clock.ts";
import { type Key, KeyDecoder } from "./key_decoder.ts";
import type { Terminal } from "../screen/terminal_port.ts";

/** The maximum time within an escape sequence; after it, ESC is the Escape key. */
const ESCAPE_WAIT_MS = 50;
/** A paste without an end mark ends after this time; otherwise all later keys would become part of it. */
const PASTE_WAIT_MS = 10_000;

export interface KeySourceOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly press: (key: Key) => void;
  /** Called when the terminal has answered a status report. */
  readonly answered?: () => void;
  /** Called after all keys of one chunk were reported. */
  readonly paint: () => void;
  /** Reading pauses until the returned promise resolves: another program has the terminal. */
  readonly lent?: () => Promise<void> | undefined;
  /** Called when the terminal is closed. */
  readonly gone: () => void;
  /** Ends reading, except for a read that is already waiting. */
  readonly signal: AbortSignal;
}

export class KeySource {
  readonly #options: KeySourceOptions;
  readonly #decoder = new KeyDecoder();
  #flush = new AbortController();
  /** Time at which the unfinished paste ends, in milliseconds of the clock. */
  #pasteEnds: number | undefined;

  constructor(options: KeySourceOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#flush.abort(), { once: true });
  }

  /**
   * Never resolves. It rejects if `press` throws, so that the caller restores the terminal before the error is shown.
   */
  async read(): Promise<never> {
    const { terminal, signal, gone, lent } = this.#options;
    try {
      for await (const chunk of terminal.input) {
        if (signal.aborted) return new Promise<never>(() => {});
        this.#decode(chunk);
        await lent?.();
      }
    } catch (error) {
      if (signal.aborted) return new Promise<never>(() => {});
      throw error;
    }
    gone();
    return new Promise<never>(() => {});
  }

  #decode(chunk: Uint8Array): void {
    this.#flush.abort();
    for (const key of this.#decoder.push(chunk)) this.#options.press(key);
    if (this.#decoder.takeAnswers() > 0) this.#options.answered?.();
    this.#waitForRest();
    this.#options.paint();
  }

  #waitForRest(): void {
    const { waiting } = this.#decoder;
    if (waiting !== "paste") this.#pasteEnds = undefined;
    if (waiting === "nothing") return;
    this.#flush = new AbortController();
    this.#options.clock.after(this.#timeout(waiting), () => {
      this.#pasteEnds = undefined;
      for (const key of this.#decoder.flush()) this.#options.press(key);
      this.#options.paint();
    }, this.#flush.signal);
  }

  #timeout(waiting: "escape" | "paste"): number {
    if (waiting === "escape") return ESCAPE_WAIT_MS;
    const { clock } = this.#options;
    this.#pasteEnds ??= clock.now() + PASTE_WAIT_MS;
    return Math.max(0, this.#pasteEnds - clock.now());
  }
}
