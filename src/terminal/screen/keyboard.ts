/** The keyboard of this process. Everything that is typed is read here. */

import type { ReadStream } from "node:tty";

export interface Keyboard {
  /** Resolves with the next chunk, in UTF-8; `null` at the end, or when the terminal hangs up. One call at a time. */
  read(): Promise<Uint8Array | null>;
  /** Turns raw mode on or off. Throws if standard input is not a terminal. */
  setRaw(raw: boolean): void;
}

const READ_BYTES = 16 * 1024;

/** Standard input, whatever it is. */
class StandardKeyboard implements Keyboard {
  async read(): Promise<Uint8Array | null> {
    const buffer = new Uint8Array(READ_BYTES);
    const count = await Deno.stdin.read(buffer).catch(() => null);
    return count === null ? null : buffer.slice(0, count);
  }

  setRaw(raw: boolean): void {
    Deno.stdin.setRaw(raw);
  }
}

/** The part of `ReadStream` of `node:tty` that reads a console. */
export interface ConsoleStream {
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "end" | "error" | "close", listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
  setRawMode(raw: boolean): unknown;
}

/**
 * A console of Windows in raw mode. `Deno.stdin` reads it in the code page of the console, which turns most characters
 * into question marks; `node:tty` reads the key events, which are UTF-16. Nothing is read ahead, so that another program
 * can use the console between two reads.
 */
export class ConsoleKeyboard implements Keyboard {
  readonly #open: () => ConsoleStream;
  readonly #chunks: Uint8Array[] = [];
  #stream: ConsoleStream | undefined;
  #arrived = Promise.withResolvers<void>();
  #ended = false;

  /** `open` is called once, before the first use. */
  constructor(open: () => ConsoleStream) {
    this.#open = open;
  }

  async read(): Promise<Uint8Array | null> {
    const stream = this.#opened();
    while (this.#chunks.length === 0 && !this.#ended) {
      this.#arrived = Promise.withResolvers();
      stream.resume();
      await this.#arrived.promise;
    }
    return this.#chunks.shift() ?? null;
  }

  setRaw(raw: boolean): void {
    this.#opened().setRawMode(raw);
  }

  #opened(): ConsoleStream {
    if (this.#stream !== undefined) return this.#stream;
    const stream = this.#stream = this.#open();
    stream.on("data", (chunk) => {
      stream.pause();
      this.#chunks.push(Uint8Array.from(chunk));
      this.#arrived.resolve();
    });
    for (const event of ["end", "error", "close"] as const) stream.on(event, () => this.#end());
    stream.pause();
    return stream;
  }

  #end(): void {
    this.#ended = true;
    this.#arrived.resolve();
  }
}

/** Loaded here because only Windows needs it. */
const tty = Deno.build.os === "windows" && Deno.stdin.isTerminal() ? await import("node:tty") : undefined;

/** Whether lines are typed at a console of Windows, which must be read in raw mode. */
export const isConsole: boolean = tty !== undefined;

export const keyboard: Keyboard = tty === undefined
  ? new StandardKeyboard()
  : new ConsoleKeyboard((): ReadStream => new tty.ReadStream(0));

/** The read that is in flight. */
let pendingRead: Promise<Uint8Array | null> | undefined;

/**
 * Reads the next chunk; `null` at the end, or when the terminal hangs up. A read cannot be cancelled: if its reader stops
 * waiting, the next reader receives the chunk, and the former reader must not read again.
 */
export async function readKeyboard(): Promise<Uint8Array | null> {
  const read = pendingRead ??= keyboard.read();
  const chunk = await read;
  if (pendingRead === read) pendingRead = undefined;
  return chunk;
}
