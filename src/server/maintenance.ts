import { MAINTENANCE_PAUSE_MS, MAINTENANCE_STEP_MS } from "../protocol/limits.ts";

/** What a store has to tidy up is done in small steps with pauses between, so that nobody waits for it. */
export class Maintenance {
  readonly #step: (budgetMs: number) => boolean;
  readonly #coreIsTaken: () => boolean;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** `step` works for so long, and returns whether there is more to do. While the core is taken it has to do with the least. */
  constructor(step: (budgetMs: number) => boolean, coreIsTaken: () => boolean) {
    this.#step = step;
    this.#coreIsTaken = coreIsTaken;
  }

  /** To be called once a second; does nothing while it is at it. */
  begin(): void {
    if (this.#pause !== undefined || this.#ended) return;
    if (!this.#step(this.#coreIsTaken() ? 0 : MAINTENANCE_STEP_MS)) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.begin();
    }, MAINTENANCE_PAUSE_MS);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#pause);
  }
}
