/** Time between two checkpoints, at least. */
const CHECKPOINT_MS = 30_000;
/** The share of the time that checkpoints may take. */
const CHECKPOINT_SHARE = 0.01;

/** Says when the next checkpoint is due, and which one was the last. */
export class CheckpointTimer {
  readonly #monotonic: () => number;
  /** The position in the log of the last checkpoint. */
  position: number;
  #dueAt: number;

  constructor(monotonic: () => number, position: number) {
    this.#monotonic = monotonic;
    this.position = position;
    this.#dueAt = monotonic() + CHECKPOINT_MS;
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
    this.#dueAt = end + Math.max(CHECKPOINT_MS, (end - start) / CHECKPOINT_SHARE);
  }
}
