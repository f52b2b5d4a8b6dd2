import { DIRECT_BATCH_BYTES, MAX_WAITING_DIRECT } from "../../../protocol/limits.ts";
import type { DirectMessage } from "../../../protocol/messages/messages.ts";
import { utf8Length } from "../../../protocol/text/utf8_length.ts";

/** The direct messages that one session has not confirmed yet, oldest first. At most `MAX_WAITING_DIRECT`. */
export class DirectQueue {
  readonly #messages: DirectMessage[];
  /** Number of messages that were sent already. */
  #sent = 0;

  /** Begins with the messages that no session of the member has confirmed. */
  constructor(unconfirmed: readonly DirectMessage[]) {
    this.#messages = [...unconfirmed];
  }

  /** Whether this id belongs to a message that was sent and is not confirmed. */
  awaits(id: string): boolean {
    return this.#messages.slice(0, this.#sent).some((message) => message.id === id);
  }

  /** Appends a message. Past the limit the oldest is dropped. */
  add(message: DirectMessage): void {
    this.#messages.push(message);
    if (this.#messages.length <= MAX_WAITING_DIRECT) return;
    this.#messages.shift();
    this.#sent = Math.max(0, this.#sent - 1);
  }

  /**
   * The messages to send now, about `DIRECT_BATCH_BYTES` of text together with those sent and not confirmed. Empty
   * while a full batch is unconfirmed, so direct messages never fill an outbox.
   */
  takeUnsent(): DirectMessage[] {
    const batch: DirectMessage[] = [];
    let bytes = 0;
    for (const { text } of this.#messages.slice(0, this.#sent)) bytes += utf8Length(text);
    while (this.#sent < this.#messages.length && bytes < DIRECT_BATCH_BYTES) {
      const message = this.#messages[this.#sent++]!;
      bytes += utf8Length(message.text);
      batch.push(message);
    }
    return batch;
  }

  /** Drops the messages up to the one with this id: the session has received them. */
  confirm(throughId: string): void {
    const confirmed = this.#messages.findLastIndex(({ id }) => id === throughId) + 1;
    this.#messages.splice(0, confirmed);
    this.#sent = Math.max(0, this.#sent - confirmed);
  }
}
