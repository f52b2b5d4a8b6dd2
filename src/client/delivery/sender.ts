/** Sends each message until it is acknowledged or refused, over as many links as that takes. */

import type { AckEvent, ErrorEvent, ServerLimits } from "../../protocol/messages/messages.ts";
import type { ClientEvent } from "../client_event.ts";
import type { Clock } from "../clock.ts";
import { SendQueue } from "./send_queue.ts";
import { commandOf, type PendingMessage, type SignedPart, type Target } from "./message_intent.ts";
import type { ServerLink } from "../link/server_link.ts";
import { retryDelay } from "../link/link_end.ts";

export interface SenderOptions {
  readonly clock: Clock;
  /** Whether a message to this target may be sent on the current link. */
  readonly isReady: (target: Target) => boolean;
  readonly emit: (event: ClientEvent) => void;
  /** Our signature of a message; `undefined` if it has one already, or needs none. */
  readonly sign: (message: PendingMessage) => Promise<SignedPart | undefined> | undefined;
  /** The pending messages have changed. Called before the change is sent or emitted. */
  readonly changed: () => void;
}

/** The server closes after these errors, and they say nothing about the message. */
const BLAMELESS_CODES: ReadonlySet<string> = new Set([
  "too_many_connections",
  "server_full",
  "slow_consumer",
  "shutting_down",
]);

export class Sender {
  readonly #options: SenderOptions;
  readonly #queue = new SendQueue();
  #link: ServerLink | undefined;
  /** The time of this link's next timer. */
  #timerAt = Infinity;
  /** Whether messages carry their ids on this link. False if our clock is too far ahead of the server's. */
  #sendsIds = true;
  /** Rises with each pause: messages that were signed for an earlier turn are not sent in it. */
  #turn = 0;
  /** Commands that wait for signatures of messages before them. */
  #waiting = 0;
  /** Resolves when the last of them is sent. */
  #tail: Promise<void> = Promise.resolve();
  readonly #signing = new Map<string, Promise<void>>();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get pending(): readonly PendingMessage[] {
    return this.#queue.pending;
  }

  get pendingCount(): number {
    return this.#queue.size;
  }

  setRate(rate: ServerLimits["rate"]): void {
    this.#queue.setRate(rate);
  }

  /** Sets whether the server makes each member wait between two messages in this room. */
  setSlow(room: string, slow: boolean): void {
    this.#queue.setSlow(room, slow);
    if (!slow) this.deliver();
  }

  /** Sends over this link from now on. */
  use(link: ServerLink): void {
    this.#link = link;
    this.deliver();
  }

  /** Sends nothing until `use` is called. Then all unacknowledged messages are sent again. */
  pause(): void {
    this.#link = undefined;
    this.#timerAt = Infinity;
    this.#sendsIds = true;
    this.#turn++;
    this.#queue.linkLost();
  }

  /** Adds the messages of an earlier client, without events. */
  restore(messages: readonly PendingMessage[]): void {
    for (const message of messages) this.#queue.add(message);
  }

  post(message: PendingMessage): void {
    this.#queue.add(message);
    this.#options.changed();
    this.#options.emit({ type: "pending", message });
    this.deliver();
  }

  /** False if it was sent over this link already, or is not pending. */
  drop(ref: string): boolean {
    if (this.#queue.isSent(ref)) return false;
    const message = this.#remove(ref);
    if (message !== undefined) this.#options.emit({ type: "dropped", message });
    return message !== undefined;
  }

  acknowledged(ack: AckEvent): void {
    const message = this.#remove(ack.ref);
    if (message !== undefined) this.#options.emit({ type: "acknowledged", message, ack });
    this.deliver();
  }

  /** Takes an error. Does nothing if it does not refer to a message. */
  refused(error: ErrorEvent): void {
    if (error.ref === undefined || BLAMELESS_CODES.has(error.code)) return;
    if (error.code === "id_ahead") this.#sendsIds = false;
    if (error.code === "rate_limited" || error.code === "id_ahead") {
      this.#queue.hold(error.ref, this.#options.clock.now() + retryDelay(error));
    } else {
      const message = this.#remove(error.ref);
      if (message !== undefined) this.#options.emit({ type: "failed", message, error });
    }
    this.deliver();
  }

  /** Sends the messages that may be sent. Call it when a target has become ready. */
  deliver(): void {
    const link = this.#link;
    if (link === undefined) return;
    const due = this.#queue.take(this.#options.clock.now(), this.#options.isReady);
    for (const message of due.messages) this.#send(message, link);
    if (due.waitMs !== undefined) this.#deliverAfter(due.waitMs, link);
  }

  /** Sends what is not a message after the messages before it, some of which may still be signed: at once if none is. */
  inOrder(send: () => void): void {
    if (this.#waiting === 0) return send();
    this.#enqueue(Promise.resolve(), send);
  }

  #send(message: PendingMessage, link: ServerLink): void {
    const { ref } = message;
    const signing = this.#sendsIds ? this.#sign(message) : undefined;
    if (signing === undefined && this.#waiting === 0) return link.send(commandOf(message, this.#sendsIds));
    const turn = this.#turn;
    this.#enqueue(signing ?? Promise.resolve(), () => {
      const signed = this.#queue.get(ref);
      if (signed !== undefined && turn === this.#turn) link.send(commandOf(signed, this.#sendsIds));
    });
  }

  #enqueue(ready: Promise<void>, send: () => void): void {
    this.#waiting++;
    this.#tail = this.#tail.then(() => ready).then(() => {
      this.#waiting--;
      send();
    });
  }

  /** Resolves when the message has its signature; `undefined` if it gets none. A message is signed once. */
  #sign(message: PendingMessage): Promise<void> | undefined {
    const { ref } = message;
    const underway = this.#signing.get(ref);
    if (underway !== undefined) return underway;
    const signing = this.#options.sign(message)?.then((part) => {
      this.#signing.delete(ref);
      if (part === undefined) return;
      this.#queue.sign(ref, part);
      this.#options.changed();
    });
    if (signing !== undefined) this.#signing.set(ref, signing);
    return signing;
  }

  #remove(ref: string): PendingMessage | undefined {
    const message = this.#queue.remove(ref);
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
