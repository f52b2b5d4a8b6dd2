/** The terminal of this process: standard input and output. */

import type { Size } from "../render/live_region.ts";
import { takeRawMode } from "./raw_mode.ts";
import type { TakenTerminal, Terminal, TerminalEvents } from "./terminal_port.ts";

const READ_BYTES = 16 * 1024;
const WRITE_BYTES = 64 * 1024;
/** The size if the system does not report one. */
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };

export class DenoTerminal implements Terminal {
  readonly #encoder = new TextEncoder();
  /** One buffer for all writes, because a write of thousands of lines would otherwise leave as much garbage. */
  readonly #buffer = new Uint8Array(WRITE_BYTES);

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
    return takeRawMode(events);
  }
}

/** Chunks of standard input until the terminal is closed. */
async function* readInput(): AsyncGenerator<Uint8Array> {
  for (let chunk = await readStdin(); chunk !== null; chunk = await readStdin()) yield chunk;
}

/** The read that is in flight. */
let pendingRead: Promise<Uint8Array | null> | undefined;

/**
 * Reads the next chunk of standard input; `null` at the end, or when the terminal hangs up. A read cannot be cancelled:
 * if its reader stops waiting, the next reader receives the chunk, and the former reader must not read again.
 */
export async function readStdin(): Promise<Uint8Array | null> {
  const read = pendingRead ??= readOnce();
  const chunk = await read;
  if (pendingRead === read) pendingRead = undefined;
  return chunk;
}

async function readOnce(): Promise<Uint8Array | null> {
  const buffer = new Uint8Array(READ_BYTES);
  const count = await Deno.stdin.read(buffer).catch(() => null);
  return count === null ? null : buffer.slice(0, count);
}
