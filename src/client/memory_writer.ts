/**
 * Saves the client memory: at most once per turn of the event loop, and always before anything that depends on it is
 * sent.
 */

import type { ClientMemory, Remembered } from "./client_memory.ts";
import type { Clock } from "./clock.ts";

export interface MemoryWriterOptions {
  readonly memory: ClientMemory;
  readonly clock: Clock;
  /** The state to save now. */
  readonly remembered: () => Remembered;
}

export class MemoryWriter {
  readonly #options: MemoryWriterOptions;
  #turn: AbortController | undefined;
  #saved = true;
  #closed = false;

  constructor(options: MemoryWriterOptions) {
    this.#options = options;
  }

  /** Whether the last save succeeded. */
  get saved(): boolean {
    return this.#saved;
  }

  /** Schedules a save within this turn. */
  changed(): void {
    if (this.#turn !== undefined || this.#closed) return;
    this.#turn = new AbortController();
    this.#options.clock.after(0, () => this.flush(), this.#turn.signal);
  }

  /** Saves now if anything has changed. */
  flush(): void {
    if (this.#turn === undefined) return;
    this.#turn.abort();
    this.#turn = undefined;
    this.#saved = this.#options.memory.save(this.#options.remembered());
  }

  /** Saves changes, also those that failed to be saved before, and closes the memory. */
  close(): void {
    if (this.#closed) return;
    if (!this.#saved) this.changed();
    this.flush();
    this.#closed = true;
    this.#options.memory.close();
  }
}
