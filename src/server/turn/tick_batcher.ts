import { setImmediate } from "node:timers";

/**
 * Gathers the items that arrive in one turn of the event loop, so that they are decided, stored, encoded and written together.
 * Items beyond a total weight of `maxWeight` wait for the next turns, and the event loop does its other work in between.
 */
export class TickBatcher<T> {
  readonly #run: (arrived: readonly T[]) => Promise<void> | undefined;
  readonly #weigh: (item: T) => number;
  readonly #maxWeight: number;
  #arrived: T[] = [];
  #waiting: PromiseWithResolvers<void> | undefined;
  #scheduled = false;

  /** `run` must not throw. All `add` of a turn resolve with the promise that the turn's last `run` returns. */
  constructor(
    run: (arrived: readonly T[]) => Promise<void> | undefined,
    weigh: (item: T) => number,
    maxWeight: number,
  ) {
    this.#run = run;
    this.#weigh = weigh;
    this.#maxWeight = maxWeight;
  }

  /** Resolves when the item was handled. A connection that waits for this before it reads on cannot flood the server. */
  add(item: T): Promise<void> {
    this.#arrived.push(item);
    this.#waiting ??= Promise.withResolvers<void>();
    if (!this.#scheduled) this.#schedule();
    return this.#waiting.promise;
  }

  #schedule(): void {
    this.#scheduled = true;
    setImmediate(this.#begin);
  }

  readonly #begin = (): void => {
    const arrived = this.#arrived;
    const waiting = this.#waiting!;
    this.#arrived = [];
    this.#waiting = undefined;
    this.#continue(arrived, 0, waiting);
  };

  #continue(arrived: readonly T[], start: number, waiting: PromiseWithResolvers<void>): void {
    let end = start;
    for (let weight = 0; end < arrived.length && weight < this.#maxWeight; end++) weight += this.#weigh(arrived[end]!);
    const handled = this.#run(start === 0 && end === arrived.length ? arrived : arrived.slice(start, end));
    if (end < arrived.length) {
      setImmediate(() => this.#continue(arrived, end, waiting));
      return;
    }
    waiting.resolve(handled);
    this.#scheduled = this.#arrived.length > 0;
    if (this.#scheduled) this.#schedule();
  }
}
