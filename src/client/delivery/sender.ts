/** Brings messages to their acknowledgement or failure, over as many links as that takes. */

import type { AckEvent, ErrorEvent, ServerLimits } from "../../protocol/messages/messages.ts";
import type { ClientEvent } from "../client_event.ts";
import type { Clock } from "../clock.ts";
import { SendQueue } from "./send_queue.ts";
import { commandOf, type PendingMessage, type Target } from "./outgoing_message.ts";
import type { ServerLink } from "../link/server_link.ts";
import { retryDelay } from "../link/link_end.ts";

export interface SenderOptions {
  readonly clock: Clock;
  /** Whether a message to this target may go on the link there is now. */
  readonly isReady: (target: Target) => boolean;
  readonly emit: (event: ClientEvent) => void;
  /** What is pending is another than before; called before it is sent or told. */
  readonly changed: () => void;
}

/** After these the server closes, and the message itself is not to blame. */
const BLAMELESS_CODES: ReadonlySet<string> = new Set([
  "too_many_connections",
  "server_full",
  "slow_consumer",
  "shutting_down",
]);

export class Sender {
  readonly #options: SenderOptions;
  readonly #delivery = new SendQueue();
  #link: ServerLink | undefined;
  /** When the next timer of this link goes off. */
  #timerAt = Infinity;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get pending(): readonly PendingMessage[] {
    return this.#delivery.pending;
  }

  get pendingCount(): number {
    return this.#delivery.size;
  }

  setRate(rate: ServerLimits["rate"]): void {
    this.#delivery.setRate(rate);
  }

  /** Whether the server has each member wait between two messages in this room. */
  setSlow(room: string, slow: boolean): void {
    this.#delivery.setSlow(room, slow);
    if (!slow) this.deliver();
  }

  /** From now on messages go over this link. */
  use(link: ServerLink): void {
    this.#link = link;
    this.deliver();
  }

  /** Nothing goes until there is a link again; then all that is unacknowledged does. */
  pause(): void {
    this.#link = undefined;
    this.#timerAt = Infinity;
    this.#delivery.linkLost();
  }

  /** Takes over what was typed before this client began, and tells nobody. */
  restore(messages: readonly PendingMessage[]): void {
    for (const message of messages) this.#delivery.add(message);
  }

  post(message: PendingMessage): void {
    this.#delivery.add(message);
    this.#options.changed();
    this.#options.emit({ type: "pending", message });
    this.deliver();
  }

  /** False for one that went over this link already, or is not pending. */
  drop(ref: string): boolean {
    if (this.#delivery.isSent(ref)) return false;
    const message = this.#remove(ref);
    if (message !== undefined) this.#options.emit({ type: "dropped", message });
    return message !== undefined;
  }

  acknowledged(ack: AckEvent): void {
    const message = this.#remove(ack.ref);
    if (message !== undefined) this.#options.emit({ type: "acknowledged", message, ack });
    this.deliver();
  }

  /** Does nothing where the error answers no message. */
  refused(error: ErrorEvent): void {
    if (error.ref === undefined || BLAMELESS_CODES.has(error.code)) return;
    if (error.code === "rate_limited") {
      this.#delivery.hold(error.ref, this.#options.clock.now() + retryDelay(error));
    } else {
      const message = this.#remove(error.ref);
      if (message !== undefined) this.#options.emit({ type: "failed", message, error });
    }
    this.deliver();
  }

  /** Sends what may go. To be called when a target has become ready. */
  deliver(): void {
    const link = this.#link;
    if (link === undefined) return;
    const due = this.#delivery.take(this.#options.clock.now(), this.#options.isReady);
    for (const message of due.messages) link.send(commandOf(message));
    if (due.waitMs !== undefined) this.#deliverAfter(due.waitMs, link);
  }

  #remove(ref: string): PendingMessage | undefined {
    const message = this.#delivery.remove(ref);
    if (message !== undefined) this.#options.changed();
    return message;
  }

  #deliverAfter(ms: number, link: ServerLink): void {
    const at = this.#options.clock.now() + ms;
    if (at >= this.#timerAt) return;
    this.#timerAt = at;
    this.#options.clock.after(ms, () => {
      if (this.#timerAt === at) this.#timerAt = Infinity;
      this.deliver();
    }, link.signal);
  }
}
