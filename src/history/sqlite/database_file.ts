import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store.ts";
import { migrate, SCHEMA_VERSION } from "./tables/migrations.ts";
import { APPLICATION_ID } from "./tables/schema.ts";
import { storeError } from "./sqlite_errors.ts";

/**
 * `normal`: batches survive a crash of the process. `full`: they survive a power cut, too, at the cost of a
 * sync for each.
 */
export type Sync = "normal" | "full";

export interface WriteOptions {
  readonly sync: Sync;
  readonly onMigrated?: ((from: number, to: number) => void) | undefined;
}

const CACHE_KIB = 16 * 1024;
/**
 * The write-ahead log is copied into the file after this many pages (4 MiB): about ten milliseconds. More
 * is no cheaper.
 */
const CHECKPOINT_PAGES = 1_000;
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;
const BUSY_TIMEOUT_MS = 5_000;
/** SQLite's smallest page size. */
const MIN_FILE_BYTES = 512;

export function databasePath(folder: string): string {
  return `${folder}/confab.db`;
}

/** Creates the folder if it does not exist, accessible to this user only. */
export function makeFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeError(error, folder);
  }
}

/**
 * Creates an empty file that only this user can read, unless the file exists. It never opens an existing file:
 * closing that handle would drop the POSIX locks that SQLite holds on the file in this process.
 */
export function createPrivately(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/**
 * Opens the database for writing. It creates the file, or migrates it after a backup, as needed.
 * The caller holds the folder's lock and closes the database. Throws a `StoreError`.
 */
export function openForWriting(folder: string, { sync, onMigrated }: WriteOptions): DatabaseSync {
  const path = databasePath(folder);
  let database: DatabaseSync | undefined;
  try {
    createPrivately(path);
    const version = inspect(path);
    if (version > 0 && version < SCHEMA_VERSION) backUpBeforeMigration(path, version);
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    configure(database, sync);
    if (version < SCHEMA_VERSION) migrate(database, version);
    if (version > 0 && version < SCHEMA_VERSION) onMigrated?.(version, SCHEMA_VERSION);
    return database;
  } catch (error) {
    database?.close();
    throw storeError(error, path);
  }
}

/**
 * Opens the database read-only, also while a server writes to it. The caller closes it. Throws a
 * `StoreError`.
 */
export function openForReading(folder: string): DatabaseSync {
  const path = databasePath(folder);
  try {
    if (sizeOf(path) === undefined) {
      throw new StoreError(`Folder ${folder} contains no history: name the server's data folder with --data`);
    }
    const version = inspect(path);
    if (version < SCHEMA_VERSION) {
      throw new StoreError(
        `${path} was written by an older version of Confab: start confab serve with this folder once, which migrates it`,
      );
    }
    return new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  } catch (error) {
    throw storeError(error, path);
  }
}

function configure(database: DatabaseSync, sync: Sync): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${sync === "full" ? "FULL" : "NORMAL"};
    PRAGMA cache_size = -${CACHE_KIB};
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = ${JOURNAL_LIMIT_BYTES};
  `);
}

/**
 * Returns the schema version, 0 for an empty file. It only
 * reads, so a file that is refused stays unchanged.
 */
function inspect(path: string): number {
  const size = sizeOf(path) ?? 0;
  const hasLog = (sizeOf(`${path}-wal`) ?? 0) > 0;
  if (size === 0 && !hasLog) return 0;
  // SQLite treats a file of one byte as empty.
  if (size > 0 && size < MIN_FILE_BYTES) throw new Error("file is not a database");
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    const bytes = numberOf(database, "PRAGMA page_count") * numberOf(database, "PRAGMA page_size");
    // SQLite does not notice a truncated last page. With a write-ahead log the file itself may be short.
    if (size < bytes && !hasLog) throw new Error("database disk image is malformed");
    const tables = numberOf(database, "SELECT count(*) FROM sqlite_master");
    const application = numberOf(database, "PRAGMA application_id");
    const version = numberOf(database, "PRAGMA user_version");
    if (application !== APPLICATION_ID && (tables > 0 || version > 0)) {
      throw new StoreError(`${path} belongs to another program: choose another folder with --data`);
    }
    if (version > SCHEMA_VERSION) {
      const versions = `its format is version ${version}, this program reads up to ${SCHEMA_VERSION}`;
      throw new StoreError(
        `${path} was written by a newer Confab (${versions}): update Confab, or choose another folder with --data`,
      );
    }
    return version;
  } finally {
    database.close();
  }
}

/**
 * Copies the file to `confab.db.version-N` beside it. No process writes meanwhile: the caller holds the lock
 * and has not opened the database yet.
 */
function backUpBeforeMigration(path: string, version: number): void {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
  const copy = `${path}.version-${version}`;
  try {
    Deno.copyFileSync(path, copy);
    Deno.chmodSync(copy, 0o600);
  } catch (error) {
    // Windows has no file modes; the copy inherits the permissions of the folder.
    if (Deno.build.os !== "windows" || sizeOf(copy) === undefined) throw storeError(error, copy);
  }
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() as Record<string, unknown>)[0]);
}

/** The size in bytes; `undefined` if the file does not exist. */
function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
