import { setImmediate } from "node:timers";

/**
 * Gathers what arrives in one turn of the event loop, so that it is decided, stored, encoded and written together. What
 * weighs more than `maxWeight` is left to the next turns, between which the event loop does everything else.
 */
export class TickBatcher<T> {
  readonly #run: (arrived: readonly T[]) => Promise<void> | undefined;
  readonly #weigh: (item: T) => number;
  readonly #maxWeight: number;
  #arrived: T[] = [];
  #waiting: PromiseWithResolvers<void> | undefined;
  #scheduled = false;

  /** `run` must not throw; what it returns is waited for before more is taken from whoever's turn it was. */
  constructor(
    run: (arrived: readonly T[]) => Promise<void> | undefined,
    weigh: (item: T) => number,
    maxWeight: number,
  ) {
    this.#run = run;
    this.#weigh = weigh;
    this.#maxWeight = maxWeight;
  }

  /** Resolves when the item has been dealt with: whoever waits for that cannot flood the server. */
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
    const dealtWith = this.#run(start === 0 && end === arrived.length ? arrived : arrived.slice(start, end));
    if (end < arrived.length) {
      setImmediate(() => this.#continue(arrived, end, waiting));
      return;
    }
    waiting.resolve(dealtWith);
    this.#scheduled = this.#arrived.length > 0;
    if (this.#scheduled) this.#schedule();
  }
}
