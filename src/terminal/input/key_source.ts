/** Keys as they are pressed, from a terminal's bytes. */

import type { Clock } from "../../client/clock.ts";
import { type Key, KeyDecoder } from "./key_decoder.ts";
import type { Terminal } from "../screen/terminal_port.ts";

/** How long the rest of a key's sequence may take. */
const ESCAPE_WAIT_MS = 50;
/** A paste whose end has not come by then is over, or whatever is typed would be taken for a part of it. */
const PASTE_WAIT_MS = 10_000;

export interface KeySourceOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly press: (key: Key) => void;
  /** All keys that came together have been pressed. */
  readonly paint: () => void;
  /** Nothing is read from the terminal until what it gives resolves. */
  readonly lent?: () => Promise<void> | undefined;
  /** The terminal is gone. */
  readonly gone: () => void;
  /** Ends it, but for a read that waits. */
  readonly signal: AbortSignal;
}

export class KeySource {
  readonly #options: KeySourceOptions;
  readonly #decoder = new KeyDecoder();
  #flush = new AbortController();
  /** When the paste that has begun is over, in milliseconds of the clock. */
  #pasteEnds: number | undefined;

  constructor(options: KeySourceOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#flush.abort(), { once: true });
  }

  /** Never resolves; rejects with whatever a key press throws, so that the terminal is restored before it is told. */
  async read(): Promise<never> {
    const { terminal, signal, gone, lent } = this.#options;
    try {
      for await (const chunk of terminal.input) {
        if (signal.aborted) return new Promise<never>(() => {});
        this.#typed(chunk);
        await lent?.();
      }
    } catch (error) {
      if (signal.aborted) return new Promise<never>(() => {});
      throw error;
    }
    gone();
    return new Promise<never>(() => {});
  }

  #typed(chunk: Uint8Array): void {
    this.#flush.abort();
    for (const key of this.#decoder.push(chunk)) this.#options.press(key);
    this.#waitForRest();
    this.#options.paint();
  }

  #waitForRest(): void {
    const { waiting } = this.#decoder;
    if (waiting !== "paste") this.#pasteEnds = undefined;
    if (waiting === "nothing") return;
    this.#flush = new AbortController();
    this.#options.clock.after(this.#patience(waiting), () => {
      this.#pasteEnds = undefined;
      for (const key of this.#decoder.flush()) this.#options.press(key);
      this.#options.paint();
    }, this.#flush.signal);
  }

  #patience(waiting: "escape" | "paste"): number {
    if (waiting === "escape") return ESCAPE_WAIT_MS;
    const { clock } = this.#options;
    this.#pasteEnds ??= clock.now() + PASTE_WAIT_MS;
    return Math.max(0, this.#pasteEnds - clock.now());
  }
}
