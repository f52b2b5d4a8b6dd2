/** The port to the terminal, so that tests can have one without a window. */

import type { Size } from "../render/live_region.ts";

export interface TerminalEvents {
  /** The window may have another size. */
  readonly resized: () => void;
  /** The system wants the program to end; `reason` names the signal. */
  readonly stopped: (reason: string) => void;
}

/** The terminal in raw mode; disposing gives it back as it was. */
export interface TakenTerminal extends Disposable {
  /** Gives it back until the result is disposed of. Meanwhile Ctrl-C is for whoever has it, and does not stop us. */
  lend(): Disposable;
}

export interface Terminal {
  /** What is typed, as it is read. Ends when the terminal is gone. */
  readonly input: AsyncIterable<Uint8Array>;
  size(): Size;
  /** Resolves once all of it is written. One call at a time. */
  write(text: string): Promise<void>;
  open(events: TerminalEvents): TakenTerminal;
}
