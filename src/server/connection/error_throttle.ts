import { errorEvent } from "../../protocol/messages/messages.ts";
import { TokenBucket } from "../../core/state/token_bucket.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { FAULTS_BURST, FAULTS_PAUSE_MS, FAULTS_PER_SECOND } from "../../protocol/limits.ts";
import type { ErrorEvent } from "../../protocol/messages/messages.ts";

const RATE = { perSecond: FAULTS_PER_SECOND, burst: FAULTS_BURST };

/** Limits the errors of one connection. After too many of them the connection is not read for `FAULTS_PAUSE_MS`. */
export class ErrorThrottle {
  /** Created at the first error, which most connections never have. */
  #limiter: TokenBucket | undefined;
  #pause: PromiseWithResolvers<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Resolves when the pause is over; `undefined` if the connection is not paused. */
  get pause(): Promise<void> | undefined {
    return this.#pause?.promise;
  }

  /** Counts an error. If it is one too many, begins a pause and returns the error that announces it. */
  note(now: number): ErrorEvent | undefined {
    if (this.#pause !== undefined) return undefined;
    this.#limiter ??= new TokenBucket(RATE, now);
    if (this.#limiter.take(now) === 0) return undefined;
    this.#pause = Promise.withResolvers();
    this.#timer = setTimeout(() => this.end(), FAULTS_PAUSE_MS);
    return errorEvent(TOO_MANY);
  }

  /** Ends a pause. */
  end(): void {
    clearTimeout(this.#timer);
    this.#pause?.resolve();
    this.#pause = undefined;
  }
}

const PAUSE_SECONDS = Math.ceil(FAULTS_PAUSE_MS / 1000);
const TOO_MANY = new ProtocolError(
  "rate_limited",
  `Too many of your lines were refused: the server reads your next lines in ${PAUSE_SECONDS} s`,
  { retryAfter: PAUSE_SECONDS },
);
