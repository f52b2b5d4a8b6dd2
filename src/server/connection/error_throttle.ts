import { errorEvent } from "../../protocol/messages/messages.ts";
import { TokenBucket } from "../../core/state/token_bucket.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { FAULTS_BURST, FAULTS_PAUSE_MS, FAULTS_PER_SECOND } from "../../protocol/limits.ts";
import type { ErrorEvent } from "../../protocol/messages/messages.ts";

const RATE = { perSecond: FAULTS_PER_SECOND, burst: FAULTS_BURST };

/** What one connection says that is refused. After too much of it the connection is not read for `FAULTS_PAUSE_MS`. */
export class ErrorThrottle {
  /** Most connections never need one. */
  #limiter: TokenBucket | undefined;
  #pause: PromiseWithResolvers<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Resolves when the pause is over; undefined where there is none. */
  get pause(): Promise<void> | undefined {
    return this.#pause?.promise;
  }

  /** One more was refused. What is to be told beside that where it was one too many, and a pause begins. */
  note(now: number): ErrorEvent | undefined {
    if (this.#pause !== undefined) return undefined;
    this.#limiter ??= new TokenBucket(RATE, now);
    if (this.#limiter.take(now) === 0) return undefined;
    this.#pause = Promise.withResolvers();
    this.#timer = setTimeout(() => this.end(), FAULTS_PAUSE_MS);
    return errorEvent(TOO_MANY);
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
  `Too many of your lines were refused: what you send is read again in ${SECONDS} s`,
  { retryAfter: SECONDS },
);
