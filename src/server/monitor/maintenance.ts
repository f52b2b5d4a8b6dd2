import { MAINTENANCE_PAUSE_MS, MAINTENANCE_STEP_MS } from "../../protocol/limits.ts";

export interface MaintenanceOptions {
  /** Whether the process uses a whole core: then maintenance does as little as possible. Absent: never. */
  readonly coreIsTaken?: () => boolean;
}

/** Maintains the store in small steps with pauses between them, so that the chat does not wait for it. */
export class Maintenance {
  readonly #step: (budgetMs: number) => boolean;
  readonly #options: MaintenanceOptions;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** `step` works for `budgetMs` and returns whether there is more to do. Its budget is 0 while the core is taken. */
  constructor(step: (budgetMs: number) => boolean, options: MaintenanceOptions) {
    this.#step = step;
    this.#options = options;
  }

  /** Called once a second. Does nothing while maintenance is under way. */
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
