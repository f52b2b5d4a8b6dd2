import type { DirectEvent } from "../../protocol/messages/messages.ts";

/** The steps of one transfer that the other client sends. One reader. */
export class StepQueue {
  /** Bounded by the few steps that a client can be waiting for. */
  readonly #steps: DirectEvent[] = [];
  #wake: (() => void) | undefined;
  #failure: Error | undefined;
  /** The id of the other member, once it is known. Steps of others are ignored. */
  partner: string | undefined;

  push(step: DirectEvent): void {
    if (this.partner !== undefined && step.from.id !== this.partner) return;
    if (this.#steps.length >= MAX_WAITING_STEPS) return;
    this.#steps.push(step);
    this.#wake?.();
  }

  /** Lets `next` reject, now and from then on. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake?.();
  }

  /** Resolves with the next step. Rejects with the error of `fail`, or the reason of the signal. */
  next(signal: AbortSignal): Promise<DirectEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<DirectEvent>();
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const take = () => {
      if (this.#failure !== undefined) reject(this.#failure);
      else if (this.#steps.length > 0) resolve(this.#steps.shift()!);
      else this.#wake = take;
    };
    if (signal.aborted) abort();
    else take();
    return promise.finally(() => {
      this.#wake = undefined;
      signal.removeEventListener("abort", abort);
    });
  }
}

const MAX_WAITING_STEPS = 8;
