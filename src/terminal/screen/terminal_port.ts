/** The port to the terminal. Tests implement it in memory. */

import type { Size } from "../render/live_region.ts";

export interface TerminalEvents {
  /** The size of the window may have changed. */
  readonly resized: () => void;
  /** The system asks the program to end; `reason` is the name of the signal. */
  readonly stopped: (reason: string) => void;
}

/** The terminal in raw mode. Disposing restores its former mode. */
export interface TakenTerminal extends Disposable {
  /**
   * Restores the terminal for another program until the result is disposed of. Meanwhile Ctrl-C does not stop this
   * program.
   */
  lend(): Disposable;
}

export interface Terminal {
  /** Raw input, chunk by chunk. It ends when the terminal is closed. */
  readonly input: AsyncIterable<Uint8Array>;
  size(): Size;
  /** Resolves when all of the text is written. One call at a time. */
  write(text: string): Promise<void>;
  open(events: TerminalEvents): TakenTerminal;
}
