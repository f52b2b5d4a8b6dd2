import { clearTimeout as clearTimer, setTimeout as setTimer } from "node:timers";
import { TRANSFER_TURN_BYTES } from "../../protocol/limits.ts";

interface Waiter {
  readonly bytes: number;
  readonly resolve: () => void;
}

/**
 * Divides the work of all transfers among the turns of the event loop, so that a chat line waits for a few pieces of files and
 * not for one of each transfer. After `TRANSFER_TURN_BYTES` the others wait, in the order in which they came, until a timer
 * has fired: Deno looks at its sockets before that.
 */
export class TransferPace {
  /** Bytes of this turn. */
  #bytes = 0;
  #waiting: Waiter[] = [];
  #timer: ReturnType<typeof setTimer> | undefined;
  #isClosed = false;

  /** Call it before each piece of work. Resolves when it is its turn; `undefined` if that is now. */
  take(bytes: number): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    this.#timer ??= setTimer(this.#turn, 0);
    if (this.#waiting.length === 0 && this.#bytes < TRANSFER_TURN_BYTES) {
      this.#bytes += bytes;
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, resolve });
    return promise;
  }

  /** Lets everything go on. */
  close(): void {
    this.#isClosed = true;
    clearTimer(this.#timer);
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting = [];
  }

  readonly #turn = (): void => {
    this.#timer = undefined;
    this.#bytes = 0;
    let count = 0;
    for (; count < this.#waiting.length && this.#bytes < TRANSFER_TURN_BYTES; count++) {
      const { bytes, resolve } = this.#waiting[count]!;
      this.#bytes += bytes;
      resolve();
    }
    this.#waiting = this.#waiting.slice(count);
    if (count > 0) this.#timer = setTimer(this.#turn, 0);
  };
}
