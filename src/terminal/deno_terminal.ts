/** The terminal that the program was started on. */

import type { Size } from "./live.ts";
import { takeRawMode } from "./raw_mode.ts";
import { readStdin } from "./stdin.ts";
import type { TakenTerminal, Terminal, TerminalEvents } from "./terminal.ts";

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

  open(events: TerminalEvents): TakenTerminal {
    return takeRawMode(events);
  }
}

/** Ends when the terminal is gone. */
async function* readInput(): AsyncGenerator<Uint8Array> {
  for (let chunk = await readStdin(); chunk !== null; chunk = await readStdin()) yield chunk;
}
