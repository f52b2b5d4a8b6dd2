/** Detects a dead link: pings it when it is silent, and reports it when no reply comes. */

import { PING_INTERVAL_MS, PING_TIMEOUT_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Sends a ping. Called once for each `PING_INTERVAL_MS` of silence. */
  readonly ping: () => void;
  /** Called once, after `PING_TIMEOUT_MS` of silence. */
  readonly onDead: () => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #receivedAt: number;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#receivedAt = options.clock.now();
    this.#checkAfter(PING_INTERVAL_MS);
  }

  received(): void {
    this.#receivedAt = this.#options.clock.now();
  }

  #check(): void {
    const silence = this.#options.clock.now() - this.#receivedAt;
    if (silence >= PING_TIMEOUT_MS) return this.#options.onDead();
    // The clock was set back: start over.
    if (silence < 0) this.received();
    if (silence >= PING_INTERVAL_MS) this.#options.ping();
    this.#checkAfter(silence >= 0 && silence < PING_INTERVAL_MS ? PING_INTERVAL_MS - silence : PING_INTERVAL_MS);
  }

  #checkAfter(ms: number): void {
    this.#options.clock.after(ms, () => this.#check(), this.#options.signal);
  }
}
