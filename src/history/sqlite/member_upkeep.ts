import type { HistoryTables } from "./history_tables.ts";
import type { RetentionFloor } from "./retention_floor.ts";

/** The time between the beginnings of two rounds. */
const ROUND_MS = 60 * 60 * 1_000;

/** How far a round has come. It is kept with each checkpoint. */
interface Progress {
  /** People up to this key were visited. */
  readonly person: number;
  /** The time of the oldest message that was kept when the round began; `null` without messages. */
  readonly oldest: number | null;
  /** The end of a round: the earliest time of the next one. */
  readonly nextAt: number | undefined;
}

/**
 * Forgets members who were not seen for long, a few at each call. What it does follows from the rows, the times of the calls and its
 * progress alone, so stores that get the same changes and calls forget the same members.
 */
export class MemberUpkeep {
  readonly #tables: HistoryTables;
  readonly #floor: RetentionFloor;
  #progress: Progress;

  /** Goes on from the `progress` of a checkpoint. */
  constructor(tables: HistoryTables, floor: RetentionFloor, progress: object | undefined) {
    this.#tables = tables;
    this.#floor = floor;
    this.#progress = progress as Progress | undefined ?? { person: 0, oldest: null, nextAt: 0 };
  }

  get progress(): object {
    return this.#progress;
  }

  run(now: number): void {
    const { person, oldest, nextAt } = this.#progress;
    if (nextAt !== undefined) return this.#begin(now, nextAt);
    const { transactions, people } = this.#tables;
    const next = transactions.run(() => people.prune(person, now, oldest ?? Infinity));
    this.#progress = next === undefined
      ? { person: 0, oldest: null, nextAt: now + ROUND_MS }
      : { person: next, oldest, nextAt: undefined };
  }

  #begin(now: number, nextAt: number): void {
    if (now < nextAt) return;
    const oldest = this.#floor.oldestMessageMs(now);
    this.#progress = { person: 0, oldest: Number.isFinite(oldest) ? oldest : null, nextAt: undefined };
  }
}
