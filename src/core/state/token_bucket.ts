/** For rates of so much a day. */
export const DAY_SECONDS = 24 * 60 * 60;

/** Tokens per second, and the most that a bucket holds. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket. The caller passes the time, in milliseconds of any clock. It starts full. */
export class TokenBucket {
  private readonly rate: Rate;
  private tokens: number;
  private at: number;

  constructor(rate: Rate, now: number) {
    this.rate = rate;
    this.tokens = rate.burst;
    this.at = now;
  }

  /**
   * Takes `count` tokens and returns 0, or takes none and returns the seconds until there are enough. `count` is at
   * most `burst`. A clock that goes back adds no tokens.
   */
  take(now: number, count = 1): number {
    const elapsed = Math.max(0, now - this.at) / 1000;
    this.at = now;
    this.tokens = Math.min(this.rate.burst, this.tokens + elapsed * this.rate.perSecond);
    // Rounding may leave slightly less than the whole token that is due now.
    if (this.tokens > count - 1e-9) {
      this.tokens = Math.max(0, this.tokens - count);
      return 0;
    }
    return (count - this.tokens) / this.rate.perSecond;
  }

  /** The tokens that are missing until it is full again. */
  missing(now: number): number {
    this.take(now, 0);
    return this.rate.burst - this.tokens;
  }

  /** Returns the last token. */
  giveBack(): void {
    this.tokens = Math.min(this.rate.burst, this.tokens + 1);
  }
}
