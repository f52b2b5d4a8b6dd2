import { MEMORY_RELIEF_SHARE } from "../../protocol/limits.ts";

export interface MemoryBound {
  readonly bytes: number;
  /** Bytes that the process takes now. */
  readonly measure: () => number;
}

/** Whether the process takes more memory than it may. It is over when it takes clearly less again, so that it does not come and go. */
export class MemoryLimit {
  readonly #bound: MemoryBound | undefined;
  #exceeded = false;

  /** Undefined for no bound. */
  constructor(bound: MemoryBound | undefined) {
    this.#bound = bound;
  }

  /** As it was measured last; false before. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** Measures. What was taken where it has been exceeded just now; undefined where it has not, or was already. */
  check(): number | undefined {
    if (this.#bound === undefined) return undefined;
    const { bytes, measure } = this.#bound;
    const taken = measure();
    const before = this.#exceeded;
    this.#exceeded = taken >= (before ? bytes * MEMORY_RELIEF_SHARE : bytes);
    return this.#exceeded && !before ? taken : undefined;
  }
}
