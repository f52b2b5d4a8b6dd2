/** Tokens a second, and how many may pile up. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket on whatever clock its caller has, in milliseconds. It starts full. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Takes tokens, at most `burst`: 0 where there were enough, otherwise the seconds until there are. A clock that goes back adds nothing. */
  take(now: number, count = 1): number {
    const elapsed = Math.max(0, now - this.#at) / 1000;
    this.#at = now;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + elapsed * this.#rate.perSecond);
    // Fractions may add up to a hair less than the token that was promised for this moment.
    if (this.#tokens > count - 1e-9) {
      this.#tokens = Math.max(0, this.#tokens - count);
      return 0;
    }
    return (count - this.#tokens) / this.#rate.perSecond;
  }

  /** As if the last token had not been taken. */
  giveBack(): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + 1);
  }
}
