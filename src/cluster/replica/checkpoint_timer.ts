/** Time between two checkpoints, at least, by default. */
const CHECKPOINT_MS = 30_000;
/** The share of the time that checkpoints may take. */
const CHECKPOINT_SHARE = 0.01;

/** Says when the next checkpoint is due, and which one was the last. */
export class CheckpointTimer {
  readonly #monotonic: () => number;
  /** The position in the log of the last checkpoint. */
  position: number;
  readonly #pauseMs: number;
  #dueAt: number;

  constructor(monotonic: () => number, position: number, pauseMs = CHECKPOINT_MS) {
    this.#monotonic = monotonic;
    this.position = position;
    this.#pauseMs = pauseMs;
    this.#dueAt = monotonic() + pauseMs;
  }

  get isDue(): boolean {
    return this.#monotonic() >= this.#dueAt;
  }

  /** Runs the work that saves a checkpoint at this position. If it throws, the last checkpoint is still the one before. */
  save(position: number, work: () => void): void {
    const start = this.#monotonic();
    work();
    const end = this.#monotonic();
    this.position = position;
    this.#dueAt = end + Math.max(this.#pauseMs, (end - start) / CHECKPOINT_SHARE);
  }
}
