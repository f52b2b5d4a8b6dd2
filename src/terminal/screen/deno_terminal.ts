/** The terminal that the program was started on. */

import type { Size } from "../render/live_region.ts";
import { takeRawMode } from "./raw_mode.ts";
import { readStdin } from "./stdin.ts";
import type { TakenTerminal, Terminal, TerminalEvents } from "./terminal_port.ts";

const WRITE_BYTES = 64 * 1024;
/** Where the size of the window cannot be had. */
const USUAL_SIZE: Size = { columns: 80, rows: 24 };

export class DenoTerminal implements Terminal {
  readonly #encoder = new TextEncoder();
  /** For all that is written: thousands of lines at once would leave as much garbage. */
  readonly #buffer = new Uint8Array(WRITE_BYTES);

  get input(): AsyncIterable<Uint8Array> {
    return readInput();
  }

  size(): Size {
    try {
      const { columns, rows } = Deno.consoleSize();
      return columns > 0 && rows > 0 ? { columns, rows } : USUAL_SIZE;
    } catch {
      return USUAL_SIZE;
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
    return takeRawMode(events);
  }
}

/** Ends when the terminal is gone. */
async function* readInput(): AsyncGenerator<Uint8Array> {
  for (let chunk = await readStdin(); chunk !== null; chunk = await readStdin()) yield chunk;
}
