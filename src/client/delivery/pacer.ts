/** A token bucket a little slower than the server's, so that the server rarely refuses a message. */

import type { ServerLimits } from "../../protocol/messages/messages.ts";

type Rate = NonNullable<ServerLimits["rate"]>;

/** The rate for a server that sets none. */
const UNLIMITED: Rate = { perSecond: 1e6, burst: 1e6 };
/** The share of the server's rate that is used, since clocks and networks differ. */
const MARGIN = 0.95;
/** A lower bound for the rate, so that no server can stop sending for good. */
const SLOWEST_PER_SECOND = 0.1;

export class Pacer {
  #perMs = 0;
  #burst = 0;
  #level = Infinity;
  #levelAt = 0;
  #heldUntil = 0;

  /** Adopts the server's rate. Remaining tokens are kept, since the server keeps counting through reconnects. */
  setRate(rate: Rate = UNLIMITED): void {
    this.#perMs = Math.max(SLOWEST_PER_SECOND, rate.perSecond) * MARGIN / 1_000;
    this.#burst = Math.max(1, rate.burst - 1);
    this.#level = Math.min(this.#level, this.#burst);
  }

  /** Milliseconds until the next message may be sent; 0 for now. */
  waitMs(now: number): number {
    if (now < this.#heldUntil) return this.#heldUntil - now;
    this.#refill(now);
    return this.#level >= 1 ? 0 : Math.ceil((1 - this.#level) / this.#perMs);
  }

  /** Takes the token of one message. Call it only if `waitMs` is 0. */
  take(): void {
    this.#level -= 1;
  }

  /**
   * Whether a refusal is so unlikely that a message may be sent while another one is unacknowledged.
   * With few tokens left, the server might refuse a message and accept the next one, which would overtake it.
   */
  isAmple(now: number): boolean {
    this.#refill(now);
    return this.#level >= Math.max(2, this.#burst / 2);
  }

  /** The server has refused a message: nothing is sent until `until`, and then one message first. */
  hold(until: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, until);
    this.#level = 1;
    this.#levelAt = this.#heldUntil;
  }

  #refill(now: number): void {
    if (now < this.#heldUntil) return;
    this.#level = Math.min(this.#burst, this.#level + (now - this.#levelAt) * this.#perMs);
    this.#levelAt = now;
  }
}
