import { setImmediate } from "node:timers";
import { FLUSHES_AT_ONCE } from "../../protocol/limits.ts";
import type { Peer } from "../peer.ts";

interface Waiter {
  /** How many must have been flushed. */
  readonly count: number;
  readonly resolve: () => void;
}

/**
 * Goes round those whose outboxes have something to write, first come first served. After each few of them the event loop
 * takes in what has arrived: what that leads to joins what the others still wait for, and saves a write for each of them.
 */
export class FlushQueue {
  #queue: Peer[] = [];
  /** Where in the queue the round stands. */
  #next = 0;
  /** How many have been flushed, ever. */
  #flushed = 0;
  #waiters: Waiter[] = [];
  #scheduled = false;

  /** The peer's outbox is flushed when its turn comes. */
  add(peer: Peer): void {
    peer.touched = true;
    this.#queue.push(peer);
  }

  /** Goes on, unless that is planned already. */
  start(): void {
    if (!this.#scheduled) this.#continue();
  }

  /** Resolves when everyone who waits now has been flushed; undefined where nobody does. */
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
    while (this.#next < end) {
      const peer = this.#queue[this.#next++]!;
      peer.touched = false;
      peer.outbox.flush();
    }
    this.#tellWaiters();
    this.#scheduled = end < this.#queue.length;
    if (this.#scheduled) setImmediate(this.#continue);
    this.#forget();
  };

  #tellWaiters(): void {
    while (this.#waiters.length > 0 && this.#waiters[0]!.count <= this.#flushed) this.#waiters.shift()!.resolve();
  }

  /** The part of the queue that is behind, when it is worth it. */
  #forget(): void {
    if (this.#next === this.#queue.length) this.#queue = [];
    else if (this.#next > this.#queue.length / 2) this.#queue = this.#queue.slice(this.#next);
    else return;
    this.#next = 0;
  }
}
