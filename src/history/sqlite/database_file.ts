import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store.ts";
import { createPrivately } from "./private_create.ts";
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from "./tables/schema.ts";
import { storeError } from "./sqlite_errors.ts";

/** `normal` survives the end of the process, whatever ends it; `full` a power cut as well, by a sync for each batch. */
export type Sync = "normal" | "full";

export interface WritingOptions {
  readonly sync: Sync;
  readonly onMigrated?: ((from: number, to: number) => void) | undefined;
}

const CACHE_KIB = 16 * 1024;
/** The log is copied into the file when it has grown by this: 4 MiB, some ten milliseconds of work. More at once cost no less. */
const CHECKPOINT_PAGES = 1_000;
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;
const BUSY_TIMEOUT_MS = 5_000;
/** The smallest page that SQLite knows. */
const MIN_FILE_BYTES = 512;

export function databasePath(folder: string): string {
  return `${folder}/confab.db`;
}

/** Makes the folder where it is missing, for this user alone. */
export function makeFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeError(error, folder);
  }
}

/** The file for the one process that holds the folder's lock; made or migrated where needed. */
export function openForWriting(folder: string, { sync, onMigrated }: WritingOptions): DatabaseSync {
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

/** The file for reading beside a server that writes. */
export function openForReading(folder: string): DatabaseSync {
  const path = databasePath(folder);
  try {
    if (sizeOf(path) === undefined) {
      throw new StoreError(`There is no history in ${folder}: name its folder with --data`);
    }
    const version = inspect(path);
    if (version < SCHEMA_VERSION) {
      throw new StoreError(
        `${path} is of an earlier version of Confab: start confab serve once, which brings it up to date`,
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

/** The version of the schema, 0 for an empty file. Only reads, so that a file which is not for us stays as it is. */
function inspect(path: string): number {
  const size = sizeOf(path) ?? 0;
  const hasLog = (sizeOf(`${path}-wal`) ?? 0) > 0;
  if (size === 0 && !hasLog) return 0;
  // SQLite takes a file of one byte for an empty one.
  if (size > 0 && size < MIN_FILE_BYTES) throw new Error("file is not a database");
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    const bytes = numberOf(database, "PRAGMA page_count") * numberOf(database, "PRAGMA page_size");
    // SQLite itself does not miss the last page's end. With a log, whose pages come on top, the file may be short.
    if (size < bytes && !hasLog) throw new Error("database disk image is malformed");
    const tables = numberOf(database, "SELECT count(*) FROM sqlite_master");
    const application = numberOf(database, "PRAGMA application_id");
    const version = numberOf(database, "PRAGMA user_version");
    if (application !== APPLICATION_ID && (tables > 0 || version > 0)) {
      throw new StoreError(`${path} belongs to another program: choose another folder with --data`);
    }
    if (version > SCHEMA_VERSION) {
      const versions = `it is of version ${version}, this program knows ${SCHEMA_VERSION}`;
      throw new StoreError(
        `${path} was written by a newer Confab (${versions}): use that one, or another folder with --data`,
      );
    }
    return version;
  } finally {
    database.close();
  }
}

/** A copy as it was before, beside the file. The folder's lock is held and the file is not open, so that nothing changes meanwhile. */
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
    // Windows knows no modes, and what a folder allows holds there.
    if (Deno.build.os !== "windows" || sizeOf(copy) === undefined) throw storeError(error, copy);
  }
}

function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() as Record<string, unknown>)[0]);
}

/** Bytes; undefined where there is no such file. */
function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
