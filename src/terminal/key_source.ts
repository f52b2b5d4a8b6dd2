/** Keys as they are pressed, from a terminal's bytes. */

import type { Clock } from "../client/clock.ts";
import { type Key, KeyDecoder } from "./keys.ts";
import type { Terminal } from "./terminal.ts";

/** How long the rest of a key's sequence may take. */
const ESCAPE_WAIT_MS = 50;
/** A paste whose end is lost is over then. */
const PASTE_WAIT_MS = 10_000;

export interface KeySourceOptions {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly press: (key: Key) => void;
  /** All keys that came together have been pressed. */
  readonly paint: () => void;
  /** The terminal is gone. */
  readonly gone: () => void;
  /** Ends it, but for a read that waits. */
  readonly signal: AbortSignal;
}

export class KeySource {
  readonly #options: KeySourceOptions;
  readonly #decoder = new KeyDecoder();
  #flush = new AbortController();

  constructor(options: KeySourceOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#flush.abort(), { once: true });
  }

  /** Never resolves; rejects with whatever a key press throws, so that the terminal is restored before it is told. */
  async read(): Promise<never> {
    const { terminal, signal, gone } = this.#options;
    try {
      for await (const chunk of terminal.input) {
        if (signal.aborted) return new Promise<never>(() => {});
        this.#typed(chunk);
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
    if (waiting === "nothing") return;
    this.#flush = new AbortController();
    this.#options.clock.after(waiting === "escape" ? ESCAPE_WAIT_MS : PASTE_WAIT_MS, () => {
      for (const key of this.#decoder.flush()) this.#options.press(key);
      this.#options.paint();
    }, this.#flush.signal);
  }
}
