import { MAX_RUNNING_TRANSFERS } from "../../protocol/limits.ts";
import { cancelledTransfer } from "./transfer_error.ts";

/** Runs at most `MAX_RUNNING_TRANSFERS` at a time. Others wait in the order in which they came. */
export class TransferQueue {
  readonly #waiting = new Set<() => void>();
  #running = 0;

  /** Rejects as `job` does, or if the signal is aborted before its turn. */
  async run<T>(job: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#turn(signal);
    try {
      return await job();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = () => {
      if (this.#waiting.delete(start)) reject(cancelledTransfer());
    };
    const start = () => {
      signal.removeEventListener("abort", cancel);
      this.#running++;
      resolve();
    };
    this.#waiting.add(start);
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
    this.#next();
    return promise;
  }

  #next(): void {
    for (const start of this.#waiting) {
      if (this.#running >= MAX_RUNNING_TRANSFERS) return;
      this.#waiting.delete(start);
      start();
    }
  }
}
