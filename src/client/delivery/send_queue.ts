/** The messages that no server has acknowledged yet: their order, and which of them may go now. */

import { MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import type { ServerLimits } from "../../protocol/messages/messages.ts";
import type { PendingMessage, Target } from "./outgoing_message.ts";
import { Pacer } from "./pacer.ts";

interface Entry {
  readonly message: PendingMessage;
  /** On the link there is now. */
  sent: boolean;
}

/** What may go now; `waitMs` where more may go after that time, with no acknowledgement in between. */
export interface QueuedCommand {
  readonly messages: readonly PendingMessage[];
  readonly waitMs?: number;
}

export class SendQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #pacer = new Pacer();
  /** Slow room → before when it takes no message. */
  readonly #slow = new Map<string, number>();
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

  /** In a slow room the server has each member wait between two messages: that holds up no other room. */
  setSlow(room: string, slow: boolean): void {
    if (!slow) this.#slow.delete(room);
    else if (!this.#slow.has(room) && this.#slow.size < MAX_ROOMS_PER_MEMBER) this.#slow.set(room, 0);
  }

  /** Whatever the link carried unacknowledged goes again, with the same refs and in the same order. */
  linkLost(): void {
    for (const entry of this.#entries.values()) entry.sent = false;
    this.#unanswered = 0;
  }

  has(ref: string | undefined): boolean {
    return ref !== undefined && this.#entries.has(ref);
  }

  /** Whether it went over the link there is now. */
  isSent(ref: string): boolean {
    return this.#entries.get(ref)?.sent === true;
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

  /** The server would not take the message before `until`: it goes again then, and everything else behind it, or all of its slow room. */
  hold(ref: string, until: number): void {
    const entry = this.#entries.get(ref);
    if (entry?.sent !== true) return;
    entry.sent = false;
    this.#unanswered--;
    const { target } = entry.message;
    if ("room" in target && this.#slow.has(target.room)) this.#slow.set(target.room, until);
    else this.#pacer.hold(until);
  }

  /** Takes what may go to targets that are ready; the caller sends it, in this order. */
  take(now: number, isReady: (target: Target) => boolean): QueuedCommand {
    const messages: PendingMessage[] = [];
    if (this.#unanswered === this.#entries.size) return { messages };
    let slowMs = Infinity;
    const busy = this.#busyRooms();
    for (const entry of this.#entries.values()) {
      const { target } = entry.message;
      if (entry.sent || !isReady(target)) continue;
      const held = this.#slowWait(target, now, busy);
      slowMs = Math.min(slowMs, held || Infinity);
      if (held > 0) continue;
      if (this.#unanswered > 0 && !this.#pacer.isAmple(now)) break;
      const waitMs = this.#pacer.waitMs(now);
      if (waitMs > 0) return { messages, waitMs: Math.min(waitMs, slowMs) };
      this.#pacer.take();
      this.#unanswered++;
      entry.sent = true;
      messages.push(entry.message);
    }
    return slowMs === Infinity ? { messages } : { messages, waitMs: slowMs };
  }

  /** Milliseconds that a slow room holds its next message up; one behind another waits for that one, however long. */
  #slowWait(target: Target, now: number, busy: Set<string>): number {
    const from = "room" in target ? this.#slow.get(target.room) : undefined;
    if (!("room" in target) || from === undefined) return 0;
    if (busy.has(target.room)) return Infinity;
    busy.add(target.room);
    return Math.max(0, from - now);
  }

  /** Slow rooms of which a message is on its way: the one behind it might be let in before it. */
  #busyRooms(): Set<string> {
    const rooms = new Set<string>();
    if (this.#slow.size === 0) return rooms;
    for (const { sent, message: { target } } of this.#entries.values()) {
      if (sent && "room" in target) rooms.add(target.room);
    }
    return rooms;
  }
}
