/** Writes lines to a connection: one write in flight, and what queues up meanwhile joined into the next. */

import { WRITE_JOIN_BYTES } from "../../protocol/limits.ts";
import type { Connection } from "../../transports/connection.ts";

const encoder = new TextEncoder();

export class LineWriter {
  readonly #connection: Connection;
  readonly #onFault: (error: unknown) => void;
  readonly #beforeWrite: () => void;
  #queue: string[] = [];
  #queuedChars = 0;
  #flushing = false;
  #stopped = false;

  /**
   * `onFault` is called once, when a write has failed; nothing is written after it.
   * `beforeWrite` is called before each write, when all that goes with it is known; it must not throw.
   */
  constructor(connection: Connection, onFault: (error: unknown) => void, beforeWrite: () => void = () => {}) {
    this.#connection = connection;
    this.#onFault = onFault;
    this.#beforeWrite = beforeWrite;
  }

  /** UTF-16 units that wait for the write in flight. */
  get queuedChars(): number {
    return this.#queuedChars;
  }

  write(line: string): void {
    if (this.#stopped) return;
    this.#queue.push(line);
    this.#queuedChars += line.length;
    if (!this.#flushing) void this.#flush();
  }

  /** Forgets what waits. */
  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#queuedChars = 0;
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    // Lets the lines of this turn gather into one chunk.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) await this.#connection.write(this.#take());
    } catch (error) {
      if (this.#stopped) return;
      this.stop();
      this.#onFault(error);
    } finally {
      this.#flushing = false;
    }
  }

  #take(): Uint8Array {
    this.#beforeWrite();
    let chars = 0;
    let lines = 0;
    while (lines < this.#queue.length && chars < WRITE_JOIN_BYTES) chars += this.#queue[lines++]!.length;
    this.#queuedChars -= chars;
    return encoder.encode(this.#queue.splice(0, lines).join(""));
  }
}
