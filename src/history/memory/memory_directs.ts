import { DIRECT_WAIT_MS, MAX_WAITING_DIRECT, MEMORY_DIRECT_CHARS } from "../../protocol/limits.ts";
import type { DirectMessage } from "../../protocol/messages/messages.ts";

/** UTF-16 units that a message counts in addition to its text. */
const MESSAGE_CHARS = 256;

/** The waiting messages of one receiver, oldest first. */
interface Waiting {
  readonly messages: DirectMessage[];
  chars: number;
}

/** Unconfirmed direct messages of at most `maxReceivers` receivers. */
export class MemoryDirects {
  readonly #maxReceivers: number;
  /** By receiver. The receiver whose newest message is oldest comes first. */
  readonly #waiting = new Map<string, Waiting>();
  #chars = 0;

  constructor(maxReceivers: number) {
    this.#maxReceivers = maxReceivers;
  }

  add(message: DirectMessage): void {
    const receiver = message.to.id;
    const waiting = this.#waiting.get(receiver) ?? { messages: [], chars: 0 };
    this.#waiting.delete(receiver);
    this.#waiting.set(receiver, waiting);
    waiting.messages.push(message);
    this.#count(waiting, charsOf(message));
    if (waiting.messages.length > MAX_WAITING_DIRECT) this.#dropOldest(receiver, waiting, 1);
    if (this.#waiting.size > this.#maxReceivers) this.#dropFirstReceiver();
  }

  /** Drops the receiver's messages up to and including the one with the id `throughId`. */
  confirm(receiver: string, throughId: string): void {
    const waiting = this.#waiting.get(receiver);
    if (waiting === undefined) return;
    this.#dropOldest(receiver, waiting, waiting.messages.findLastIndex(({ id }) => id === throughId) + 1);
  }

  /** The newest `limit` messages that have not expired, oldest first. */
  unconfirmed(receiver: string, limit: number, now: number): DirectMessage[] {
    const messages = this.#waiting.get(receiver)?.messages ?? [];
    return messages.filter((message) => isWaiting(message, now)).slice(-limit);
  }

  /** Drops expired messages, and the oldest messages of the receivers with the most text beyond `MEMORY_DIRECT_CHARS`. */
  prune(now: number): void {
    for (const [receiver, waiting] of this.#waiting) {
      this.#dropUntil(receiver, waiting, (message) => isWaiting(message, now));
    }
    while (this.#chars > MEMORY_DIRECT_CHARS) {
      const [receiver, waiting] = [...this.#waiting].reduce((a, b) => a[1].chars >= b[1].chars ? a : b);
      this.#dropOldest(receiver, waiting, Math.ceil(waiting.messages.length / 4));
    }
  }

  clear(): void {
    this.#waiting.clear();
    this.#chars = 0;
  }

  #dropFirstReceiver(): void {
    const [receiver, waiting] = this.#waiting.entries().next().value!;
    this.#dropOldest(receiver, waiting, waiting.messages.length);
  }

  #dropUntil(receiver: string, waiting: Waiting, isKept: (message: DirectMessage) => boolean): void {
    const firstKept = waiting.messages.findIndex(isKept);
    this.#dropOldest(receiver, waiting, firstKept < 0 ? waiting.messages.length : firstKept);
  }

  #dropOldest(receiver: string, waiting: Waiting, count: number): void {
    for (const message of waiting.messages.splice(0, count)) this.#count(waiting, -charsOf(message));
    if (waiting.messages.length === 0) this.#waiting.delete(receiver);
  }

  #count(waiting: Waiting, chars: number): void {
    waiting.chars += chars;
    this.#chars += chars;
  }
}

function isWaiting({ at }: DirectMessage, now: number): boolean {
  return Date.parse(at) > now - DIRECT_WAIT_MS;
}

function charsOf({ text }: DirectMessage): number {
  return MESSAGE_CHARS + text.length;
}
