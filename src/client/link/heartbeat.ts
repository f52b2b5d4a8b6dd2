/** Tells a silent link from a dead one. */

import { PING_INTERVAL_MS, PING_TIMEOUT_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Asks the other end for a sign of life; called once for each `PING_INTERVAL_MS` of silence. */
  readonly ask: () => void;
  /** Called once, after `PING_TIMEOUT_MS` of silence. */
  readonly onDead: () => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt: number;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
    this.#checkAfter(PING_INTERVAL_MS);
  }

  heard(): void {
    this.#heardAt = this.#options.clock.now();
  }

  #check(): void {
    const silence = this.#options.clock.now() - this.#heardAt;
    if (silence >= PING_TIMEOUT_MS) return this.#options.onDead();
    // The clock was set back: what it said before counts for nothing.
    if (silence < 0) this.heard();
    if (silence >= PING_INTERVAL_MS) this.#options.ask();
    this.#checkAfter(silence >= 0 && silence < PING_INTERVAL_MS ? PING_INTERVAL_MS - silence : PING_INTERVAL_MS);
  }

  #checkAfter(ms: number): void {
    this.#options.clock.after(ms, () => this.#check(), this.#options.signal);
  }
}
