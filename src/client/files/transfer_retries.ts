import { MAX_TRANSFER_FAILURES } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { reconnectDelay } from "../link/reconnector.ts";
import { cancelledTransfer, TransferError } from "./transfer_error.ts";

export interface TransferRetriesOptions {
  readonly clock: Clock;
  /** Returns 0 to below 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Bytes that the transfer has moved so far. */
  readonly moved: () => number;
  /** Called before each pause with its reason, and with `undefined` after it. */
  readonly paused: (reason: string | undefined) => void;
}

/** Repeats the attempts of one transfer, with growing pauses as between attempts to connect. */
export class TransferRetries {
  readonly #options: TransferRetriesOptions;
  #endPause: (() => void) | undefined;

  constructor(options: TransferRetriesOptions) {
    this.#options = options;
  }

  /** Ends the pause, if there is one: the chat is connected again. */
  hurry(): void {
    this.#endPause?.();
  }

  /** Rejects with a final error of the attempt, or with a passing one after `MAX_TRANSFER_FAILURES` that moved nothing. */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    const { moved, random, paused, signal } = this.#options;
    let failures = 0;
    for (;;) {
      const before = moved();
      try {
        return await attempt();
      } catch (error) {
        if (signal.aborted) throw cancelledTransfer();
        if (!(error instanceof TransferError) || !error.isPassing) throw error;
        failures = moved() > before ? 1 : failures + 1;
        if (failures >= MAX_TRANSFER_FAILURES) throw error;
        paused(error.message);
        await this.#pause(error.retryAfterMs + reconnectDelay(failures, random));
        paused(undefined);
      }
      if (signal.aborted) throw cancelledTransfer();
    }
  }

  #pause(ms: number): Promise<void> {
    const { clock, signal } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = new AbortController();
    const end = this.#endPause = () => {
      timer.abort();
      signal.removeEventListener("abort", end);
      this.#endPause = undefined;
      resolve();
    };
    signal.addEventListener("abort", end, { once: true });
    clock.after(ms, end, timer.signal);
    return promise;
  }
}
