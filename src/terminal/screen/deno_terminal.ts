/** The terminal of this process: standard input and output. */

import type { Size } from "../render/live_region.ts";
import { readKeyboard } from "./keyboard.ts";
import { type OnHangup, takeRawMode } from "./raw_mode.ts";
import type { TakenTerminal, Terminal, TerminalEvents } from "./terminal_port.ts";

const WRITE_BYTES = 64 * 1024;
/** The size if the system does not report one. */
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };

export class DenoTerminal implements Terminal {
  readonly #encoder = new TextEncoder();
  /** One buffer for all writes, because a write of thousands of lines would otherwise leave as much garbage. */
  readonly #buffer = new Uint8Array(WRITE_BYTES);
  readonly #onHangup: OnHangup;

  constructor(onHangup: OnHangup) {
    this.#onHangup = onHangup;
  }

  get input(): AsyncIterable<Uint8Array> {
    return readInput();
  }

  size(): Size {
    try {
      const { columns, rows } = Deno.consoleSize();
      return columns > 0 && rows > 0 ? { columns, rows } : DEFAULT_SIZE;
    } catch {
      return DEFAULT_SIZE;
    }
  }

  async write(text: string): Promise<void> {
    for (let rest = text; rest !== "";) {
      const { read, written } = this.#encoder.encodeInto(rest, this.#buffer);
      let bytes = this.#buffer.subarray(0, written);
      while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
      rest = rest.slice(read);
    }
  }

  open(events: TerminalEvents): TakenTerminal {
    return takeRawMode(events, this.#onHangup);
  }
}

/** Chunks of standard input until the terminal is closed. */
export async function* readInput(): AsyncGenerator<Uint8Array> {
  for (let chunk = await readKeyboard(); chunk !== null; chunk = await readKeyboard()) yield chunk;
}
