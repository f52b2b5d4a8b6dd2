import { setImmediate } from "node:timers";
import { FLUSHES_AT_ONCE } from "../../protocol/limits.ts";
import type { Outbox } from "./outbox.ts";

interface Waiter {
  /** The number of flushes, since the start, after which the waiter goes on. */
  readonly count: number;
  readonly resolve: () => void;
}

/**
 * A FIFO queue of outboxes that have bytes to write.
 * It flushes `FLUSHES_AT_ONCE` outboxes and then yields to the event loop. Messages that arrive meanwhile join the chunks
 * that the remaining outboxes are waiting for, which saves one write for each of them.
 */
export class FlushQueue {
  #queue: Outbox[] = [];
  /** Index of the next outbox to flush. */
  #next = 0;
  /** Number of flushes since the start. */
  #flushed = 0;
  #waiters: Waiter[] = [];
  #scheduled = false;

  /** Appends an outbox. An outbox calls this once, and again after it was flushed. */
  add(outbox: Outbox): void {
    this.#queue.push(outbox);
  }

  /** Begins to flush, unless that is scheduled already. */
  start(): void {
    if (!this.#scheduled) this.#continue();
  }

  /** Resolves when every outbox queued now has been flushed; `undefined` if the queue is empty. */
  done(): Promise<void> | undefined {
    const waiting = this.#queue.length - this.#next;
    if (waiting === 0) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ count: this.#flushed + waiting, resolve });
    return promise;
  }

  readonly #continue = (): void => {
    const end = Math.min(this.#queue.length, this.#next + FLUSHES_AT_ONCE);
    this.#flushed += end - this.#next;
    while (this.#next < end) this.#queue[this.#next++]!.flushScheduled();
    this.#resolveWaiters();
    this.#scheduled = end < this.#queue.length;
    if (this.#scheduled) setImmediate(this.#continue);
    this.#compact();
  };

  #resolveWaiters(): void {
    while (this.#waiters.length > 0 && this.#waiters[0]!.count <= this.#flushed) this.#waiters.shift()!.resolve();
  }

  /** Drops the flushed part of the queue once it is more than half of it. */
  #compact(): void {
    if (this.#next === this.#queue.length) this.#queue = [];
    else if (this.#next > this.#queue.length / 2) this.#queue = this.#queue.slice(this.#next);
    else return;
    this.#next = 0;
  }
}
