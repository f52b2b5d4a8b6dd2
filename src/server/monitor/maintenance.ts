import { MAINTENANCE_PAUSE_MS, MAINTENANCE_STEP_MS } from "../../protocol/limits.ts";

export interface MaintenanceOptions {
  /** Whether the process takes all of a core, so that what can wait has to; never, where absent. */
  readonly coreIsTaken?: () => boolean;
}

/** What a store has to tidy up is done in small steps with pauses between, so that nobody waits for it. */
export class Maintenance {
  readonly #step: (budgetMs: number) => boolean;
  readonly #options: MaintenanceOptions;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** `step` works for so long, and returns whether there is more to do. While the core is taken it has to do with the least. */
  constructor(step: (budgetMs: number) => boolean, options: MaintenanceOptions) {
    this.#step = step;
    this.#options = options;
  }

  /** To be called once a second; does nothing while it is at it. */
  begin(): void {
    if (this.#pause !== undefined || this.#ended) return;
    if (!this.#step(this.#options.coreIsTaken?.() ? 0 : MAINTENANCE_STEP_MS)) return;
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
