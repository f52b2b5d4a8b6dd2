/** Detects a dead link: pings it when it is silent, or on demand, and reports it when no reply comes. */

import {
  LINK_CHECK_MS,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  REPLACEABLE_ANSWER_MS,
  REPLACEABLE_CHECK_MS,
  REPLACEABLE_PING_MS,
} from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Sends a ping. Called once for each `PING_INTERVAL_MS` of silence. */
  readonly ping: () => void;
  /** Whether the chat has other servers. Then this one is pinged after `REPLACEABLE_PING_MS`, and given up `REPLACEABLE_CHECK_MS` later. */
  readonly isReplaceable?: (() => boolean) | undefined;
  /** Called once, after `silentMs` without data: `PING_TIMEOUT_MS`, or the time of a check. */
  readonly onDead: (silentMs: number) => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #receivedAt: number;
  /** The number of the check that goes on; `undefined` if data has ended it. */
  #checking: number | undefined;
  #checks = 0;
  /** When the first thing was sent after the last data, if the server is replaceable. */
  #unansweredSince: number | undefined;
  #isExpecting = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#receivedAt = options.clock.now();
    // By then the server may have told of others.
    this.#watchAfter(REPLACEABLE_PING_MS);
  }

  received(): void {
    this.#receivedAt = this.#options.clock.now();
    this.#checking = undefined;
    this.#unansweredSince = undefined;
  }

  /** Notes that a command was sent which the server answers at once. A replaceable server that stays silent is checked. */
  sent(): void {
    const { clock, isReplaceable } = this.#options;
    if (this.#unansweredSince !== undefined || isReplaceable?.() !== true) return;
    this.#unansweredSince = clock.now();
    if (!this.#isExpecting) this.#expectAfter(REPLACEABLE_ANSWER_MS);
  }

  /** There is one timer, however much is sent. */
  #expectAfter(ms: number): void {
    const { clock, signal } = this.#options;
    this.#isExpecting = true;
    clock.after(ms, () => {
      this.#isExpecting = false;
      if (this.#unansweredSince === undefined) return;
      const left = this.#unansweredSince + REPLACEABLE_ANSWER_MS - clock.now();
      if (left > 0) return this.#expectAfter(left);
      this.#unansweredSince = undefined;
      this.check(REPLACEABLE_CHECK_MS);
    }, signal);
  }

  /** Pings now. Without data for so long after it the link is dead. Does nothing while an earlier check goes on. */
  check(silentMs = LINK_CHECK_MS): void {
    const { clock, signal, ping, onDead } = this.#options;
    if (this.#checking !== undefined || signal.aborted) return;
    const check = this.#checking = ++this.#checks;
    ping();
    clock.after(silentMs, () => {
      if (this.#checking === check) onDead(silentMs);
    }, signal);
  }

  #watch(): void {
    const silence = this.#options.clock.now() - this.#receivedAt;
    if (silence >= PING_TIMEOUT_MS) return this.#options.onDead(PING_TIMEOUT_MS);
    const isReplaceable = this.#options.isReplaceable?.() === true;
    const interval = isReplaceable ? REPLACEABLE_PING_MS : PING_INTERVAL_MS;
    if (silence >= interval) {
      if (isReplaceable) this.check(REPLACEABLE_CHECK_MS);
      else this.#options.ping();
    }
    this.#watchAfter(silence < interval ? interval - silence : interval);
  }

  #watchAfter(ms: number): void {
    this.#options.clock.after(ms, () => this.#watch(), this.#options.signal);
  }
}
