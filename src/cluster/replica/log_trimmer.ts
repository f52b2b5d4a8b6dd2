import type { ReplicaOptions } from "./replica_options.ts";

/** The time between two rounds of removal, */
const TRIM_MS = 60_000;
/** and the bytes of entries after which a round begins sooner: members can write much, and the engine's space is limited. */
const ROUND_BYTES = 100 * 1024 * 1024;

/**
 * Entries are kept for so many rounds after no live server needs them: a new server copies another one's data meanwhile, and then
 * reads the log from the position of the copy.
 */
const KEPT_ROUNDS = 5;

/** Removes old entries from the log. */
export class LogTrimmer {
  readonly #options: Pick<ReplicaOptions, "log" | "monotonic" | "report">;
  readonly #signal: AbortSignal;
  #dueAt: number;
  /** Bytes of the entries since the last round. */
  #roundBytes = 0;
  /** Positions of the last rounds that all live servers could start from, oldest first. */
  readonly #rounds: number[] = [];
  #trimmed = 0;

  constructor(options: Pick<ReplicaOptions, "log" | "monotonic" | "report">, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#dueAt = options.monotonic() + TRIM_MS;
  }

  /** Counts an entry of any server. */
  noteEntry(bytes: number): void {
    this.#roundBytes += bytes;
  }

  /** Takes the position from which all live servers can start now, and removes the entries before an earlier one, if it is time. A failure is reported, and tried again the next time. */
  trim(keptByAll: number): void {
    const { log, monotonic, report } = this.#options;
    if (monotonic() < this.#dueAt && this.#roundBytes < ROUND_BYTES) return;
    this.#roundBytes = 0;
    this.#dueAt = monotonic() + TRIM_MS;
    this.#rounds.push(keptByAll);
    const position = this.#rounds.length > KEPT_ROUNDS ? this.#rounds.shift()! : 0;
    if (position <= this.#trimmed) return;
    const before = this.#trimmed;
    this.#trimmed = position;
    log.forget(position, this.#signal).catch((error) => {
      this.#trimmed = before;
      if (!this.#signal.aborted) report({ type: "not trimmed", error });
    });
  }
}
