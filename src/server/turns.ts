import { setImmediate } from "node:timers";

/** Gathers what arrives in one turn of the event loop, so that it is decided, stored, encoded and written together. */
export class Turns<T> {
  readonly #run: (arrived: readonly T[]) => void;
  #arrived: T[] = [];
  #turn: PromiseWithResolvers<void> | undefined;

  /** `run` must not throw. */
  constructor(run: (arrived: readonly T[]) => void) {
    this.#run = run;
  }

  /** Resolves when the item's turn is over: whoever waits for that cannot flood the server. */
  add(item: T): Promise<void> {
    this.#arrived.push(item);
    if (this.#turn === undefined) {
      this.#turn = Promise.withResolvers<void>();
      setImmediate(this.#end);
    }
    return this.#turn.promise;
  }

  readonly #end = (): void => {
    const arrived = this.#arrived;
    const turn = this.#turn!;
    this.#arrived = [];
    this.#turn = undefined;
    this.#run(arrived);
    turn.resolve();
  };
}
