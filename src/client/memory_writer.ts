/** Saves what the client has to remember: at most once a turn, and always before anything that rests on it is sent. */

import type { ClientMemory, Remembered } from "./client_memory.ts";
import type { Clock } from "./clock.ts";

export interface MemoryWriterOptions {
  readonly memory: ClientMemory;
  readonly clock: Clock;
  /** What there is to remember now. */
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

  /** Whether all of it was kept, as far as it was tried. */
  get saved(): boolean {
    return this.#saved;
  }

  /** There is something new: it is saved within this turn. */
  changed(): void {
    if (this.#turn !== undefined || this.#closed) return;
    this.#turn = new AbortController();
    this.#options.clock.after(0, () => this.flush(), this.#turn.signal);
  }

  /** Saves now what has changed. */
  flush(): void {
    if (this.#turn === undefined) return;
    this.#turn.abort();
    this.#turn = undefined;
    this.#saved = this.#options.memory.save(this.#options.remembered());
  }

  /** Saves what has changed, or could not be saved before, and lets the memory go. */
  close(): void {
    if (this.#closed) return;
    if (!this.#saved) this.changed();
    this.flush();
    this.#closed = true;
    this.#options.memory.close();
  }
}
