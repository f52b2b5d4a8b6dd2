/** How time passes for those who take part, and when they have come to rest. */

import { type Clock, systemClock } from "../../src/client/clock.ts";
import type { RoomEntry } from "../../src/protocol/messages/messages.ts";

const SETTLE_TIMEOUT_MS = 30_000;

export interface Participant {
  /** Messages that are sent and not acknowledged. */
  readonly pending: number;
  /** What was shown, in order. */
  readonly received: readonly RoomEntry[];
}

/** A second of it passes in less than one. */
export function fasterClock(speed: number): Clock {
  return {
    now: () => systemClock.now() * speed,
    after: (ms, callback, signal) => systemClock.after(ms / speed, callback, signal),
  };
}

/** Everything sent is acknowledged, and everybody has been shown the newest message. */
export async function settled(
  senders: readonly Participant[],
  receivers: readonly Participant[],
  acks: ReadonlyMap<string, { readonly seq: number }>,
): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  while (
    senders.some((sender) => sender.pending > 0) ||
    receivers.some((receiver) => (receiver.received.at(-1)?.seq ?? 0) < newestOf(acks))
  ) {
    if (Date.now() > deadline) {
      const waiting = senders.map((sender) => sender.pending).join(" ");
      const behind = receivers.map((receiver) => receiver.received.at(-1)?.seq ?? 0).join(" ");
      throw new Error(
        `No rest after ${SETTLE_TIMEOUT_MS} ms: pending ${waiting}; newest ${newestOf(acks)}; shown ${behind}`,
      );
    }
    await pause(20);
  }
}

/** The highest seq that was acknowledged. */
export function newestOf(acks: ReadonlyMap<string, { readonly seq: number }>): number {
  let newest = 0;
  for (const { seq } of acks.values()) newest = Math.max(newest, seq);
  return newest;
}

/** Does it again and again, with a wait before each time, while there is time. */
export async function repeat(until: number, waitMs: () => number, work: () => unknown): Promise<void> {
  while (true) {
    const wait = waitMs();
    if (Date.now() + wait >= until) return;
    await pause(wait);
    await work();
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
