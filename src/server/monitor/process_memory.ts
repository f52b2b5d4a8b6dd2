import { CROWD_CONNECTIONS, CROWD_GONE_MS, MEMORY_RELIEF_SHARE } from "../../protocol/limits.ts";

export interface GarbageCollectorOptions {
  /** Has the engine collect what nothing refers to; undefined where it cannot be asked to, and does so when it likes. */
  readonly collect?: (() => void) | undefined;
}

/**
 * Has what a crowd leaves behind collected once it has gone for good: by itself V8 waits for a minute, and then gives back
 * only a part. It stops the server for 0.1 s, so comings and goings that are not a crowd's are left to V8.
 */
export class GarbageCollector {
  readonly #collect: (() => void) | undefined;
  /** Connections at a time since the last collection. */
  #most = 0;
  #last = 0;
  /** Since when nobody has gone, in milliseconds since the epoch. */
  #calmSince = 0;

  constructor({ collect }: GarbageCollectorOptions) {
    this.#collect = collect;
  }

  /** To be called once a second. */
  tick(connections: number, now: number): void {
    if (connections < this.#last) this.#calmSince = now;
    this.#last = connections;
    this.#most = Math.max(this.#most, connections);
    if (this.#most - connections < CROWD_CONNECTIONS || now - this.#calmSince < CROWD_GONE_MS) return;
    this.#most = connections;
    this.#collect?.();
  }
}

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
