/** Writes lines to a connection: one write is in flight, and lines queued meanwhile are joined into the next one. */

import { WRITE_JOIN_BYTES } from "../../protocol/limits.ts";
import type { Connection } from "../../transports/connection.ts";

const encoder = new TextEncoder();

export class LineWriter {
  readonly #connection: Connection;
  readonly #onError: (error: unknown) => void;
  readonly #beforeWrite: () => void;
  #queue: string[] = [];
  #queuedChars = 0;
  #flushing = false;
  #stopped = false;

  /**
   * `onError` is called once, when a write has failed; nothing is written after it.
   * `beforeWrite` is called before each write, when its lines are complete; it must not throw.
   */
  constructor(connection: Connection, onError: (error: unknown) => void, beforeWrite: () => void = () => {}) {
    this.#connection = connection;
    this.#onError = onError;
    this.#beforeWrite = beforeWrite;
  }

  /** UTF-16 units waiting for the write in flight. */
  get queuedChars(): number {
    return this.#queuedChars;
  }

  write(line: string): void {
    if (this.#stopped) return;
    this.#queue.push(line);
    this.#queuedChars += line.length;
    if (!this.#flushing) void this.#flush();
  }

  /** Drops the queued lines and writes no more. */
  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#queuedChars = 0;
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    // Joins the lines of this turn into one chunk.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) await this.#connection.write(this.#take());
    } catch (error) {
      if (this.#stopped) return;
      this.stop();
      this.#onError(error);
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
