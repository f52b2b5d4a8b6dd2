import type { Checkpoint, Checkpoints, RetainedHistory, Retention } from "../store.ts";
import { MemberUpkeep } from "./member_upkeep.ts";
import { RetainedReader } from "./retained_reader.ts";
import { RetentionFloor } from "./retention_floor.ts";
import { storeError } from "./sqlite_errors.ts";
import { SqliteStore, type StoreParts } from "./sqlite_store.ts";

/**
 * A store for a server in a cluster. Everything since the last checkpoint is one open transaction, which this process reads like
 * all other rows, and of which other processes see nothing. So a crash leaves the rows exactly as they were at a known
 * position of the cluster's log, and the server applies the log from there.
 */
export class CheckpointedStore extends SqliteStore implements Checkpoints {
  readonly #parts: StoreParts;
  readonly #newRetention: Retention;
  readonly #floor: RetentionFloor;
  readonly #members: MemberUpkeep;

  /** `newRetention` counts after `changeRetention`. */
  constructor(parts: StoreParts, newRetention: Retention) {
    super(parts);
    const { tables, retention } = this.#parts = parts;
    this.#newRetention = newRetention;
    this.#floor = new RetentionFloor(retention, tables.messages, tables.rooms);
    this.#members = new MemberUpkeep(tables, this.#floor, tables.checkpoints.upkeep?.members);
  }

  checkpoint(checkpoint: Checkpoint): void {
    const { tables, maintenance, retention } = this.#parts;
    const { transactions, rooms, people, checkpoints } = tables;
    this.#guarded(() => {
      // The next start finds the other ones in the messages.
      if (rooms.lostAcks) maintenance.flushAllAcks();
      rooms.lostAcks = false;
      transactions.run(() => {
        people.saveSeen();
        checkpoints.save(checkpoint, { retention: retention.current, members: this.#members.progress });
      });
      transactions.commitAll();
    });
  }

  lastCheckpoint(): Checkpoint | undefined {
    return this.#parts.tables.checkpoints.last;
  }

  retained(now: () => number): RetainedHistory {
    const { tables, path } = this.#parts;
    return new RetainedReader({ store: this, tables, floor: this.#floor, now, path });
  }

  upkeep(now: number): void {
    this.#guarded(() => this.#members.run(now));
  }

  changeRetention(now: number): void {
    const { maintenance, retention } = this.#parts;
    if (sameRetention(retention.current, this.#newRetention)) return;
    this.#guarded(() => maintenance.pruneAll(now));
    retention.current = this.#newRetention;
    this.#floor.reset();
  }

  /** Goes back to the last checkpoint. */
  override close(): void {
    const { tables, lock } = this.#parts;
    if (tables.closed) return;
    tables.close();
    lock[Symbol.dispose]();
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw storeError(error, this.#parts.path);
    }
  }
}

function sameRetention(a: Retention, b: Retention): boolean {
  return a.maxAgeMs === b.maxAgeMs && a.maxMessages === b.maxMessages && a.maxFileAgeMs === b.maxFileAgeMs;
}
