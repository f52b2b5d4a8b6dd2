import type { CommandLog, LogEntry } from "../command_log.ts";
import type { EntrySealer } from "../sealed_entry.ts";

export interface EntryWriterOptions {
  readonly log: Pick<CommandLog, "append">;
  readonly sealer: Pick<EntrySealer, "seal">;
  readonly newSeed: () => string;
  /** The log has confirmed the entry. */
  readonly written: () => void;
  /** The log has not taken the entry, and never will. */
  readonly failed: (error: unknown) => void;
}

/** Writes the entries of one incarnation, one after the other. */
export class EntryWriter {
  /** Its incarnation. */
  readonly s: number;
  readonly #options: EntryWriterOptions;
  #n = 0;
  #flight: AbortController | undefined;

  constructor(s: number, options: EntryWriterOptions) {
    this.s = s;
    this.#options = options;
  }

  /** Whether an entry is on its way. */
  get isBusy(): boolean {
    return this.#flight !== undefined;
  }

  /** Writes the next entry, of ops as JSON, at this time of this server. Returns it. Must not be called while busy. */
  write(ops: readonly string[], time: number): LogEntry {
    const { s } = this;
    const n = ++this.#n;
    const json = `{"v":1,"t":${time},"r":${JSON.stringify(this.#options.newSeed())},"ops":[${ops.join(",")}]}`;
    const flight = this.#flight = new AbortController();
    const entry = { s, n, data: this.#options.sealer.seal(s, n, json) };
    void this.#append(entry, flight);
    return entry;
  }

  async #append(entry: LogEntry, flight: AbortController): Promise<void> {
    try {
      await this.#options.log.append(entry, flight.signal);
    } catch (error) {
      if (flight === this.#flight) this.#options.failed(error);
      return;
    }
    if (flight !== this.#flight) return;
    this.#flight = undefined;
    this.#options.written();
  }

  /** An entry of this incarnation was read from the log: its answer, if it is late, makes no difference. */
  confirm(n: number): void {
    if (n === this.#n) this.end();
  }

  /** Waits for no answer any more. */
  end(): void {
    const flight = this.#flight;
    this.#flight = undefined;
    flight?.abort();
  }
}
