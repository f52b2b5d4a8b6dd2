/** Checks that each receiver gets each sender's messages once and in order, and all receivers the same order. */

/** Most messages of one sender. A message's number is its sender's number times this, plus its index. */
const STRIDE = 1_000_000;

export function numberOf(sender: number, index: number): number {
  return sender * STRIDE + index;
}

export class Order {
  received = 0;
  /** Messages that were early, late or duplicates. */
  faults = 0;
  /** Index of the next message, by receiver and sender. */
  readonly #next: Uint32Array;
  readonly #senders: number;
  /** A digest of the messages in order, by receiver. */
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

  /** Valid once all receivers have all messages. */
  get sameForAll(): boolean {
    return this.#digests.every((digest) => digest === this.#digests[0]);
  }
}
