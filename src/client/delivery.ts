/** The messages that no server has acknowledged yet: their order, and which of them may go now. */

import type { ServerLimits } from "../protocol/messages.ts";
import type { PendingMessage, Target } from "./client_event.ts";
import { Pacer } from "./pacer.ts";

interface Entry {
  readonly message: PendingMessage;
  /** On the link there is now. */
  sent: boolean;
}

/** What may go now; `waitMs` where more may go after that time, with no acknowledgement in between. */
export interface Due {
  readonly messages: readonly PendingMessage[];
  readonly waitMs?: number;
}

export class Delivery {
  readonly #entries = new Map<string, Entry>();
  readonly #pacer = new Pacer();
  #unanswered = 0;
  #pending: readonly PendingMessage[] | undefined;

  /** In the order typed. */
  get pending(): readonly PendingMessage[] {
    return this.#pending ??= Array.from(this.#entries.values(), ({ message }) => message);
  }

  get size(): number {
    return this.#entries.size;
  }

  add(message: PendingMessage): void {
    this.#entries.set(message.ref, { message, sent: false });
    this.#pending = undefined;
  }

  setRate(rate: ServerLimits["rate"]): void {
    this.#pacer.setRate(rate);
  }

  /** Whatever the link carried unacknowledged goes again, with the same refs and in the same order. */
  linkLost(): void {
    for (const entry of this.#entries.values()) entry.sent = false;
    this.#unanswered = 0;
  }

  has(ref: string | undefined): boolean {
    return ref !== undefined && this.#entries.has(ref);
  }

  /** The message with this ref, which is pending no longer. */
  remove(ref: string): PendingMessage | undefined {
    const entry = this.#entries.get(ref);
    if (entry === undefined) return undefined;
    if (entry.sent) this.#unanswered--;
    this.#entries.delete(ref);
    this.#pending = undefined;
    return entry.message;
  }

  /** The server would not take the message before `until`: it goes again then, and everything else behind it. */
  hold(ref: string, until: number): void {
    const entry = this.#entries.get(ref);
    if (entry?.sent !== true) return;
    entry.sent = false;
    this.#unanswered--;
    this.#pacer.hold(until);
  }

  /** Takes what may go to targets that are ready; the caller sends it, in this order. */
  take(now: number, isReady: (target: Target) => boolean): Due {
    const messages: PendingMessage[] = [];
    if (this.#unanswered === this.#entries.size) return { messages };
    for (const entry of this.#entries.values()) {
      if (entry.sent || !isReady(entry.message.target)) continue;
      if (this.#unanswered > 0 && !this.#pacer.isAmple(now)) break;
      const waitMs = this.#pacer.waitMs(now);
      if (waitMs > 0) return { messages, waitMs };
      this.#pacer.take();
      this.#unanswered++;
      entry.sent = true;
      messages.push(entry.message);
    }
    return { messages };
  }
}
