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

/** Appends whose entries were read from the log before their answers came, at most. Older ones are given up. */
const MAX_LATE_ANSWERS = 8;
const GIVEN_UP = new Error("The answer is no longer needed");

/** Writes the entries of one incarnation, one after the other. */
export class EntryWriter {
  /** Its incarnation. */
  readonly s: number;
  readonly #options: EntryWriterOptions;
  #n = 0;
  #flight: AbortController | undefined;
  /** Appends without an answer, oldest first. To abort one costs a connection. */
  readonly #unanswered = new Set<AbortController>();

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
    const entry = { s, n, data: this.#options.sealer.seal(s, n, json) };
    void this.#append(entry, this.#flight = new AbortController());
    return entry;
  }

  async #append(entry: LogEntry, flight: AbortController): Promise<void> {
    const { log, written, failed } = this.#options;
    this.#unanswered.add(flight);
    let failure: { readonly error: unknown } | undefined;
    try {
      await log.append(entry, flight.signal);
    } catch (error) {
      failure = { error };
    }
    this.#unanswered.delete(flight);
    if (flight !== this.#flight) return;
    if (failure !== undefined) return failed(failure.error);
    this.#flight = undefined;
    written();
  }

  /** An entry of this incarnation was read from the log: its answer, if it is late, makes no difference. */
  confirm(n: number): void {
    if (n !== this.#n) return;
    this.#flight = undefined;
    for (const flight of this.#unanswered) {
      if (this.#unanswered.size <= MAX_LATE_ANSWERS) return;
      this.#giveUp(flight);
    }
  }

  /** Waits for no answer any more. */
  end(): void {
    this.#flight = undefined;
    for (const flight of this.#unanswered) this.#giveUp(flight);
  }

  #giveUp(flight: AbortController): void {
    this.#unanswered.delete(flight);
    flight.abort(GIVEN_UP);
  }
}
