import type { EntryContent } from "../cluster_op.ts";
import { lowerMedian, MAX_CLOCK_AHEAD_MS } from "./cluster_state.ts";

/** The clock of a server that has told it longer ago does not count. */
const FRESH_MS = 5_000;

/** Bounds of the difference between another server's clock and the monotonic clock of this one. */
interface ClockBounds {
  atLeast: number;
  /** `Infinity` until the other server has answered an entry of this one. */
  atMost: number;
  /** When it was told last. */
  toldAt: number;
  /** When this server had written its newest entry that precedes the other one's last entry. */
  wroteAt: number;
}

/**
 * Finds out whether this server's clock is wrong, from the clocks that the others tell, however late their entries come.
 * A clock was read before its entry was taken here. And it was read after this server wrote an entry that precedes two of the
 * other server, since no server begins an entry before the log has confirmed its last one. All times are in milliseconds, those
 * that are not clocks by the monotonic clock of this server.
 */
export class ClockComparison {
  readonly #others = new Map<number, ClockBounds>();
  #wroteAt = -Infinity;

  /** Call it when an own entry was taken, with the time at which it was written. */
  noteOwn(wroteAt: number): void {
    this.#wroteAt = wroteAt;
  }

  /** Call it when an entry of another server was taken, with the clock that it tells, if it does. */
  noteOther(s: number, clock: number | undefined, now: number): void {
    let other = this.#others.get(s);
    if (other === undefined) {
      this.#others.set(s, other = { atLeast: -Infinity, atMost: Infinity, toldAt: -Infinity, wroteAt: -Infinity });
    }
    if (clock !== undefined) {
      const [atLeast, atMost] = [clock - now, clock - other.wroteAt];
      // If the bounds contradict the earlier ones, the clock was set.
      other.atLeast = atMost < other.atLeast ? atLeast : Math.max(other.atLeast, atLeast);
      other.atMost = atLeast > other.atMost ? atMost : Math.min(other.atMost, atMost);
      other.toldAt = now;
    }
    other.wroteAt = this.#wroteAt;
  }

  forget(s: number): void {
    this.#others.delete(s);
  }

  /**
   * How far this server's clock is ahead of the median of the others' at least, or behind it if negative; 0 if it may be
   * right. With one other server it counts as wrong only if it also differs from the chat's time, which was `time` at `takenAt`.
   */
  difference(clock: number, now: number, chat: { readonly time: number; readonly takenAt: number }): number {
    const fresh = [...this.#others.values()].filter(({ toldAt }) => toldAt >= now - FRESH_MS);
    if (fresh.length === 0) return 0;
    const own = clock - now;
    const ahead = median(fresh.map(({ atMost }) => own - atMost));
    const behind = median(fresh.map(({ atLeast }) => atLeast - own));
    const found = ahead > MAX_CLOCK_AHEAD_MS ? ahead : behind > MAX_CLOCK_AHEAD_MS ? -behind : 0;
    if (fresh.length > 1) return found;
    return Math.abs(own - (chat.time - chat.takenAt)) > MAX_CLOCK_AHEAD_MS ? found : 0;
  }
}

function median(values: readonly number[]): number {
  return lowerMedian(values.toSorted((a, b) => a - b));
}

/** The writer's clock, if the entry tells it. */
export function clockIn({ ops }: EntryContent): number | undefined {
  for (const op of ops) if (op.op === "clock") return op.clock;
}
