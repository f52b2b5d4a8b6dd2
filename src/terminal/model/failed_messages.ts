/** Messages that the server refused, until the user sends them again or drops them. */

import type { ClientEvent } from "../../client/client_event.ts";
import type { MessageIntent, PendingMessage, Target } from "../../client/delivery/message_intent.ts";
import type { MessageFile } from "../../protocol/messages/messages.ts";
import { pendingLine } from "../render/change_lines.ts";
import { quoteText } from "../render/line_style.ts";
import { counted } from "../../presentation/sentences/markup.ts";

/** The oldest is dropped first; its failure was already shown. */
export const MAX_FAILED = 50;

export interface FailedMessagesOptions {
  readonly send: (target: Target, text: string, intent?: MessageIntent, file?: MessageFile) => void;
  /** Returns false if the message may have arrived. */
  readonly drop: (ref: string) => boolean;
  readonly pending: () => readonly PendingMessage[];
}

export class FailedMessages {
  readonly #options: FailedMessagesOptions;
  #failed: readonly PendingMessage[] = [];

  constructor(options: FailedMessagesOptions) {
    this.#options = options;
  }

  /** Oldest first. A message's number is its index plus 1. */
  get failed(): readonly PendingMessage[] {
    return this.#failed;
  }

  handle(event: ClientEvent): void {
    if (event.type === "failed") this.#failed = [...this.#failed, event.message].slice(-MAX_FAILED);
  }

  /** Sends one message again, or all without a number. Throws an Error for users if there is no such message. */
  resend(number: number | undefined): void {
    for (const message of this.#chosen(number)) {
      this.#options.send(message.target, message.text, message.intent, message.file);
      this.#remove([message]);
    }
  }

  /** Drops one message, or all without a number. Returns a sentence. Throws an Error for users like `resend`. */
  drop(number: number | undefined): string {
    const taken = this.#chosen(number);
    this.#remove(taken);
    return taken.length === 1
      ? `Dropped: ${quoteText(pendingLine(taken[0]!))}`
      : `Dropped ${counted(taken.length)} messages`;
  }

  /**
   * Drops the pending messages that were never sent. Returns a sentence. Throws an Error for users without such a
   * message.
   */
  dropWaiting(): string {
    const dropped = this.#options.pending().filter(({ ref }) => this.#options.drop(ref)).length;
    if (dropped === 0) throw new Error("No message is waiting: a message that was sent cannot be dropped");
    return `Dropped ${counted(dropped)} ${dropped === 1 ? "waiting message" : "waiting messages"}`;
  }

  #chosen(number: number | undefined): readonly PendingMessage[] {
    if (this.#failed.length === 0) throw new Error("No message has failed: /drop waiting drops the waiting messages");
    const chosen = number === undefined ? this.#failed : this.#failed.slice(number - 1, number);
    if (chosen.length === 0) {
      throw new Error(`There is no failed message ${number}: choose 1 to ${this.#failed.length}`);
    }
    return chosen;
  }

  #remove(messages: readonly PendingMessage[]): void {
    this.#failed = this.#failed.filter((message) => !messages.includes(message));
  }
}
