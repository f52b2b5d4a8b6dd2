/** The unacknowledged messages: their order, and which of them may be sent now. */

import { MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import type { ServerLimits } from "../../protocol/messages/messages.ts";
import type { PendingMessage, SignedPart, Target } from "./message_intent.ts";
import { Pacer } from "./pacer.ts";

interface Entry {
  message: PendingMessage;
  /** Whether it was sent over the current link. */
  sent: boolean;
}

/** Messages to send now. `waitMs` is set if more may be sent after that time without an acknowledgement in between. */
export interface QueuedCommand {
  readonly messages: readonly PendingMessage[];
  readonly waitMs?: number;
}

export class SendQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #pacer = new Pacer();
  /** Slow rooms, each with the time from which it takes the next message. */
  readonly #slow = new Map<string, number>();
  #unanswered = 0;
  #pending: readonly PendingMessage[] | undefined;

  /** In the order added. */
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

  /** The message with this ref. */
  get(ref: string): PendingMessage | undefined {
    return this.#entries.get(ref)?.message;
  }

  /** Adds our signature to the message with this ref. */
  sign(ref: string, part: SignedPart): void {
    const entry = this.#entries.get(ref);
    if (entry === undefined) return;
    entry.message = { ...entry.message, ...part };
    this.#pending = undefined;
  }

  setRate(rate: ServerLimits["rate"]): void {
    this.#pacer.setRate(rate);
  }

  /**
   * Marks a room as slow: the server makes each member wait between two messages there. Other rooms are not delayed.
   */
  setSlow(room: string, slow: boolean): void {
    if (!slow) this.#slow.delete(room);
    else if (!this.#slow.has(room) && this.#slow.size < MAX_ROOMS_PER_MEMBER) this.#slow.set(room, 0);
  }

  /** Marks all messages as unsent, so that they are sent again with the same refs and in the same order. */
  linkLost(): void {
    for (const entry of this.#entries.values()) entry.sent = false;
    this.#unanswered = 0;
  }

  has(ref: string | undefined): boolean {
    return ref !== undefined && this.#entries.has(ref);
  }

  /** Whether it was sent over the current link. */
  isSent(ref: string): boolean {
    return this.#entries.get(ref)?.sent === true;
  }

  /** Removes and returns the message with this ref. */
  remove(ref: string): PendingMessage | undefined {
    const entry = this.#entries.get(ref);
    if (entry === undefined) return undefined;
    if (entry.sent) this.#unanswered--;
    this.#entries.delete(ref);
    this.#pending = undefined;
    return entry.message;
  }

  /**
   * Holds a message that the server refuses until `until`, with all later messages, or in a slow room those of the
   * room.
   */
  hold(ref: string, until: number): void {
    const entry = this.#entries.get(ref);
    if (entry?.sent !== true) return;
    entry.sent = false;
    this.#unanswered--;
    const { target } = entry.message;
    if ("room" in target && this.#slow.has(target.room)) this.#slow.set(target.room, until);
    else this.#pacer.hold(until);
  }

  /** Returns the messages to send now to ready targets, and marks them as sent. The caller sends them in this order. */
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

  /**
   * Milliseconds until a slow room takes the next message; `Infinity` if another message of the room must be sent
   * first.
   */
  #slowWait(target: Target, now: number, busy: Set<string>): number {
    const from = "room" in target ? this.#slow.get(target.room) : undefined;
    if (!("room" in target) || from === undefined) return 0;
    if (busy.has(target.room)) return Infinity;
    busy.add(target.room);
    return Math.max(0, from - now);
  }

  /**
   * Slow rooms with an unacknowledged message. A second one might be accepted if the first is refused, and so overtake
   * it.
   */
  #busyRooms(): Set<string> {
    const rooms = new Set<string>();
    if (this.#slow.size === 0) return rooms;
    for (const { sent, message: { target } } of this.#entries.values()) {
      if (sent && "room" in target) rooms.add(target.room);
    }
    return rooms;
  }
}
