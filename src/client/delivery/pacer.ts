/** Keeps the sending a little slower than the server's own token bucket, so that it hardly ever refuses. */

import type { ServerLimits } from "../../protocol/messages/messages.ts";

type Rate = NonNullable<ServerLimits["rate"]>;

/** Of a server that sets no rate. */
const UNLIMITED: Rate = { perSecond: 1e6, burst: 1e6 };
/** Share of the server's rate that is used: clocks and networks differ. */
const MARGIN = 0.95;
/** However little a server grants, sending never stops for good. */
const SLOWEST_PER_SECOND = 0.1;

export class Pacer {
  #perMs = 0;
  #burst = 0;
  #level = Infinity;
  #levelAt = 0;
  #heldUntil = 0;

  /** Takes over what the server grants. The tokens left stay, since the server counts on through reconnects. */
  setRate(rate: Rate = UNLIMITED): void {
    this.#perMs = Math.max(SLOWEST_PER_SECOND, rate.perSecond) * MARGIN / 1_000;
    this.#burst = Math.max(1, rate.burst - 1);
    this.#level = Math.min(this.#level, this.#burst);
  }

  /** Milliseconds until the next message may go: 0 for now. */
  waitMs(now: number): number {
    if (now < this.#heldUntil) return this.#heldUntil - now;
    this.#refill(now);
    return this.#level >= 1 ? 0 : Math.ceil((1 - this.#level) / this.#perMs);
  }

  /** Takes the token of one message; only where `waitMs` is 0. */
  take(): void {
    this.#level -= 1;
  }

  /**
   * Whether a refusal is so unlikely that a message may follow another one unacknowledged.
   * Where tokens are few, the one behind a refused message might be let in and so overtake it.
   */
  isAmple(now: number): boolean {
    this.#refill(now);
    return this.#level >= Math.max(2, this.#burst / 2);
  }

  /** The server has refused: nothing goes before `until`, and then one message to begin with. */
  hold(until: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, until);
    this.#level = 1;
    this.#levelAt = this.#heldUntil;
  }

  #refill(now: number): void {
    if (now < this.#heldUntil) return;
    // Below zero where the clock was set back.
    const elapsed = Math.max(0, now - this.#levelAt);
    this.#level = Math.min(this.#burst, this.#level + elapsed * this.#perMs);
    this.#levelAt = now;
  }
}
