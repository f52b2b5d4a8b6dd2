/** The terminal that the program was started on. */

import type { Size } from "./live.ts";
import { takeRawMode } from "./raw_mode.ts";
import type { Terminal, TerminalEvents } from "./terminal.ts";

const READ_BYTES = 16 * 1024;
/** Where the size of the window cannot be had. */
const USUAL_SIZE: Size = { columns: 80, rows: 24 };

export class DenoTerminal implements Terminal {
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
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest));
  }

  open(events: TerminalEvents): Disposable {
    return takeRawMode(events);
  }
}

/** Ends when the terminal is gone; what a terminal that hangs up makes of a read is no fault of ours. */
async function* readInput(): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(READ_BYTES);
  for (;;) {
    const read = await Deno.stdin.read(buffer).catch(() => null);
    if (read === null) return;
    yield buffer.slice(0, read);
  }
}
