import { CROWD_CONNECTIONS, CROWD_GONE_MS } from "../../protocol/limits.ts";

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
