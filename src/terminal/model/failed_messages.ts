/** Messages that failed, and what becomes of them: sent again or dropped, as their author says. */

import type { ClientEvent } from "../../client/client_event.ts";
import type { MessageIntent, PendingMessage, Target } from "../../client/delivery/message_intent.ts";
import { pendingLine } from "../render/change_lines.ts";
import { quoteText } from "../render/line_style.ts";
import { counted } from "../../presentation/sentences/markup.ts";

/** Of more the oldest are given up: they were told as they failed. */
export const MAX_FAILED = 50;

export interface FailedMessagesOptions {
  readonly send: (target: Target, text: string, intent?: MessageIntent) => void;
  /** False where the message may have arrived. */
  readonly drop: (ref: string) => boolean;
  readonly pending: () => readonly PendingMessage[];
}

export class FailedMessages {
  readonly #options: FailedMessagesOptions;
  #failed: readonly PendingMessage[] = [];

  constructor(options: FailedMessagesOptions) {
    this.#options = options;
  }

  /** Oldest first: their numbers begin with 1. */
  get failed(): readonly PendingMessage[] {
    return this.#failed;
  }

  happened(event: ClientEvent): void {
    if (event.type === "failed") this.#failed = [...this.#failed, event.message].slice(-MAX_FAILED);
  }

  /** All of them without a number. Throws an Error for people where there is none. */
  resend(number: number | undefined): void {
    for (const { target, text, intent } of this.#take(number)) this.#options.send(target, text, intent);
  }

  /** The same for giving up. Returns what to say. */
  drop(number: number | undefined): string {
    const taken = this.#take(number);
    return taken.length === 1
      ? `Dropped: ${quoteText(pendingLine(taken[0]!))}`
      : `Dropped ${counted(taken.length)} messages`;
  }

  /** Gives up what has not gone out yet. Returns what to say. */
  dropWaiting(): string {
    const dropped = this.#options.pending().filter(({ ref }) => this.#options.drop(ref)).length;
    if (dropped === 0) throw new Error("There is no message that waits: what went out cannot be taken back");
    return `Dropped ${counted(dropped)} ${dropped === 1 ? "message" : "messages"} that waited`;
  }

  #take(number: number | undefined): readonly PendingMessage[] {
    if (this.#failed.length === 0) throw new Error("No message has failed: /drop waiting gives up those that wait");
    const taken = number === undefined ? this.#failed : this.#failed.slice(number - 1, number);
    if (taken.length === 0) throw new Error(`There is no failed message ${number}: there are ${this.#failed.length}`);
    this.#failed = this.#failed.filter((message) => !taken.includes(message));
    return taken;
  }
}
