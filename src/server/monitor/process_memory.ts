import { CROWD_CONNECTIONS, CROWD_GONE_MS, MEMORY_RELIEF_SHARE } from "../../protocol/limits.ts";

export interface GarbageCollectorOptions {
  /** Frees unused memory; `undefined` where the platform cannot be asked to. */
  readonly collect?: (() => void) | undefined;
}

/**
 * Collects garbage when a crowd of connections has closed for good: V8 alone waits for a minute and then frees only a part.
 * A collection stops the server for 0.1 s, so smaller changes are left to V8.
 */
export class GarbageCollector {
  readonly #collect: (() => void) | undefined;
  /** The highest number of connections since the last collection. */
  #peak = 0;
  /** The number of connections at the last tick. */
  #last = 0;
  /** When the last connection closed, in milliseconds of a monotonic clock. */
  #calmSince = 0;

  constructor({ collect }: GarbageCollectorOptions) {
    this.#collect = collect;
  }

  /** Called once a second. */
  tick(connections: number, now: number): void {
    if (connections < this.#last) this.#calmSince = now;
    this.#last = connections;
    this.#peak = Math.max(this.#peak, connections);
    if (this.#peak - connections < CROWD_CONNECTIONS || now - this.#calmSince < CROWD_GONE_MS) return;
    this.#peak = connections;
    this.#collect?.();
  }
}

export interface MemoryBound {
  readonly bytes: number;
  /** Returns the bytes that the process uses now. */
  readonly measure: () => number;
}

/**
 * Watches the memory of the process. Once exceeded, the limit counts as exceeded until clearly less memory is used, so that
 * the state does not flap.
 */
export class MemoryLimit {
  readonly #bound: MemoryBound | undefined;
  #exceeded = false;

  /** `undefined` for no limit. */
  constructor(bound: MemoryBound | undefined) {
    this.#bound = bound;
  }

  /** The result of the last measurement; false before the first. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** Measures. Returns the bytes in use if they have just exceeded the limit, and `undefined` otherwise. */
  check(): number | undefined {
    if (this.#bound === undefined) return undefined;
    const { bytes, measure } = this.#bound;
    const used = measure();
    const before = this.#exceeded;
    this.#exceeded = used >= (before ? bytes * MEMORY_RELIEF_SHARE : bytes);
    return this.#exceeded && !before ? used : undefined;
  }
}
