import { errorEvent } from "../core/hub.ts";
import { RateLimiter } from "../core/rate_limiter.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { FAULTS_BURST, FAULTS_PAUSE_MS, FAULTS_PER_SECOND } from "../protocol/limits.ts";
import type { ErrorEvent } from "../protocol/messages.ts";

const RATE = { perSecond: FAULTS_PER_SECOND, burst: FAULTS_BURST };

/** What one connection says that is refused. After too much of it nothing is read of the connection for `FAULTS_PAUSE_MS`. */
export class Faults {
  /** Most connections never need one. */
  #limiter: RateLimiter | undefined;
  #pause: PromiseWithResolvers<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether there is a pause. */
  get tooMany(): boolean {
    return this.#pause !== undefined;
  }

  /** What the connection is told: the error, or where it is one too many, that; and nothing until the pause is over. */
  admit(error: ErrorEvent, now: number): ErrorEvent | undefined {
    if (this.tooMany) return undefined;
    this.#limiter ??= new RateLimiter(RATE, now);
    if (this.#limiter.take(now) === 0) return error;
    this.#pause = Promise.withResolvers();
    this.#timer = setTimeout(() => this.end(), FAULTS_PAUSE_MS);
    return errorEvent(TOO_MANY);
  }

  /** Resolves when the connection may be read again. */
  async pause(): Promise<void> {
    await this.#pause?.promise;
  }

  /** Ends the pause, if there is one. */
  end(): void {
    clearTimeout(this.#timer);
    this.#pause?.resolve();
    this.#pause = undefined;
  }
}

const SECONDS = Math.ceil(FAULTS_PAUSE_MS / 1000);
const TOO_MANY = new ProtocolError(
  "rate_limited",
  `Too many lines were refused: the rest of them is dropped, and you are read again in ${SECONDS} s`,
  { retryAfter: SECONDS },
);
