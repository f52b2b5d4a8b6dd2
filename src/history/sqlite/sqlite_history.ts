import type { HistoryStore, Retention } from "../store.ts";
import { CheckpointedStore } from "./checkpointed_store.ts";
import { databasePath, makeFolder, type Sync } from "./database_file.ts";
import { FolderLock } from "./folder_lock.ts";
import { type HistoryTables, openTables } from "./history_tables.ts";
import { storeError } from "./sqlite_errors.ts";
import { SqliteStore } from "./sqlite_store.ts";
import { StoreMaintenance } from "./store_maintenance.ts";

export interface SqliteOptions {
  /** Created if it does not exist. */
  readonly folder: string;
  readonly retention?: Retention;
  /** Default: `normal`. */
  readonly sync?: Sync;
  /** The server id of a new file. Default: a random UUID. */
  readonly newServerId?: string;
  /** Milliseconds since the epoch: the start of use that other processes name when they are refused the folder. */
  readonly now?: number;
  /**
   * With checkpoints only they are kept for good: a crash, or `close`, goes back to the last one. Without them the store drops
   * the last one, and all that it writes counts. Default: false.
   */
  readonly checkpoints?: boolean;
  /** Called after a file was migrated from an earlier version of the schema. */
  readonly onMigrated?: (from: number, to: number) => void;
  /** Called after a round of pruning that deleted messages, with their number. */
  readonly onPruned?: (messages: number) => void;
}

/**
 * Opens the store in a data folder: one SQLite file, `confab.db`. The store holds the folder's lock until `close`.
 * Throws a `StoreError` if another process holds it, or if the file cannot be used.
 */
export function openSqliteHistory(options: SqliteOptions): HistoryStore {
  const { folder, retention = {}, now = Date.now(), checkpoints = false, onPruned } = options;
  const path = databasePath(folder);
  makeFolder(folder);
  const lock = new FolderLock(folder, now);
  try {
    const tables = openFor(options, checkpoints);
    const inForce = { current: (checkpoints ? tables.checkpoints.upkeep?.retention : undefined) ?? retention };
    const maintenance = new StoreMaintenance(tables, { retention: inForce, forgetsPeople: !checkpoints, onPruned });
    const parts = { path, tables, lock, maintenance, retention: inForce };
    return checkpoints ? new CheckpointedStore(parts, retention) : new SqliteStore(parts);
  } catch (error) {
    lock[Symbol.dispose]();
    throw storeError(error, path);
  }
}

function openFor(
  { folder, sync = "normal", newServerId, onMigrated }: SqliteOptions,
  checkpoints: boolean,
): HistoryTables {
  const tables = openTables(folder, { sync, onMigrated, checkpoints }, newServerId);
  try {
    if (!checkpoints) tables.checkpoints.drop();
    tables.transactions.open();
    return tables;
  } catch (error) {
    tables.close();
    throw error;
  }
}
