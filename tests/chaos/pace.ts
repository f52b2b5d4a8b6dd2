/** The clock of the clients, and the test for the end of a run. */

import { type Clock, systemClock } from "../../src/client/clock.ts";
import type { RoomEntry } from "../../src/protocol/messages/messages.ts";

export const SETTLE_TIMEOUT_MS = 30_000;

export interface Participant {
  /** Messages that are sent and not yet acknowledged. */
  readonly pending: number;
  /** The messages shown, in order. */
  readonly received: readonly RoomEntry[];
  /** The reason why the client gave up; `undefined` while it runs or reconnects. */
  readonly gaveUp?: string | undefined;
}

/** A clock that runs faster than real time. */
export function fasterClock(speed: number): Clock {
  return {
    now: () => systemClock.now() * speed,
    wall: () => systemClock.wall(),
    after: (ms, callback, signal) => systemClock.after(ms / speed, callback, signal),
  };
}

/** Resolves when all messages are acknowledged and all clients have shown the newest. */
export async function settled(
  senders: readonly Participant[],
  receivers: readonly Participant[],
  acks: ReadonlyMap<string, { readonly seq: number }>,
  settleMs = SETTLE_TIMEOUT_MS,
): Promise<void> {
  const deadline = Date.now() + settleMs;
  while (
    senders.some((sender) => sender.pending > 0) ||
    receivers.some((receiver) => (receiver.received.at(-1)?.seq ?? 0) < newestOf(acks))
  ) {
    if (Date.now() > deadline) {
      const waiting = senders.map((sender) => sender.pending).join(" ");
      const behind = receivers.map((receiver) => receiver.received.at(-1)?.seq ?? 0).join(" ");
      const gaveUp = [...senders, ...receivers].flatMap(({ gaveUp }) => gaveUp ?? []).join("; ");
      throw new Error(
        `No rest after ${settleMs} ms: pending ${waiting}; newest ${newestOf(acks)}; shown ${behind}; gave up: ${
          gaveUp || "none"
        }`,
      );
    }
    await pause(20);
  }
}

/** Returns the highest acknowledged seq. */
export function newestOf(acks: ReadonlyMap<string, { readonly seq: number }>): number {
  let newest = 0;
  for (const { seq } of acks.values()) newest = Math.max(newest, seq);
  return newest;
}

/** Repeats an action until the deadline, with a wait before each. */
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
