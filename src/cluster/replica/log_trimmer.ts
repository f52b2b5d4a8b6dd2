import type { ReplicaOptions } from "./replica_options.ts";

/** Entries are removed from the log this often. */
const TRIM_MS = 60_000;

/** Removes old entries from the log. */
export class LogTrimmer {
  readonly #options: Pick<ReplicaOptions, "log" | "monotonic" | "report">;
  readonly #signal: AbortSignal;
  #dueAt: number;
  #trimmed = 0;

  constructor(options: Pick<ReplicaOptions, "log" | "monotonic" | "report">, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#dueAt = options.monotonic() + TRIM_MS;
  }

  /** Removes the entries up to this position, if it is time. A failure is reported, and tried again the next time. */
  trim(position: number): void {
    const { log, monotonic, report } = this.#options;
    if (monotonic() < this.#dueAt) return;
    this.#dueAt = monotonic() + TRIM_MS;
    if (position <= this.#trimmed) return;
    const before = this.#trimmed;
    this.#trimmed = position;
    log.forget(position, this.#signal).catch((error) => {
      this.#trimmed = before;
      if (!this.#signal.aborted) report({ type: "not trimmed", error });
    });
  }
}
