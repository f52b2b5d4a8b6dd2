/** Whether each receiver gets all of each sender's messages once and in order, and all receivers the same. */

/** Messages of one sender at most: the number of a message is that of its sender times this, and its place among them. */
const STRIDE = 1_000_000;

export function numberOf(sender: number, index: number): number {
  return sender * STRIDE + index;
}

export class Order {
  received = 0;
  /** Messages that came too early, too late or twice. */
  faults = 0;
  /** By receiver and sender: the place of the next one. */
  readonly #next: Uint32Array;
  readonly #senders: number;
  /** By receiver: what it got in which order. */
  readonly #digests: Int32Array;

  constructor(receivers: number, senders: number) {
    this.#next = new Uint32Array(receivers * senders);
    this.#digests = new Int32Array(receivers);
    this.#senders = senders;
  }

  got(receiver: number, number: number): void {
    const sender = Math.floor(number / STRIDE);
    const at = receiver * this.#senders + sender;
    if (number % STRIDE !== this.#next[at]) this.faults++;
    this.#next[at] = number % STRIDE + 1;
    this.#digests[receiver] = Math.imul(this.#digests[receiver]!, 31) + number;
    this.received++;
  }

  /** Means something when all have got everything. */
  get sameForAll(): boolean {
    return this.#digests.every((digest) => digest === this.#digests[0]);
  }
}
