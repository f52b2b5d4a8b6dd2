import type { Checkpoint, Checkpoints } from "../store.ts";
import { storeError } from "./sqlite_errors.ts";
import { SqliteStore, type StoreParts } from "./sqlite_store.ts";

/**
 * A store for a server in a cluster. Everything since the last checkpoint is one open transaction, which this process reads like
 * all other rows, and of which other processes see nothing. So a crash leaves the rows exactly as they were at a known
 * position of the cluster's log, and the server applies the log from there.
 */
export class CheckpointedStore extends SqliteStore implements Checkpoints {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    super(parts);
    this.#parts = parts;
  }

  checkpoint(checkpoint: Checkpoint): void {
    const { tables, path } = this.#parts;
    try {
      tables.transactions.run(() => tables.checkpoints.save(checkpoint));
      tables.transactions.commitAll();
    } catch (error) {
      throw storeError(error, path);
    }
  }

  lastCheckpoint(): Checkpoint | undefined {
    return this.#parts.tables.checkpoints.last;
  }

  /** Goes back to the last checkpoint. */
  override close(): void {
    const { tables, lock } = this.#parts;
    if (tables.closed) return;
    tables.close();
    lock[Symbol.dispose]();
  }
}
