import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store.ts";
import { sqliteCode, storeError } from "./sqlite_errors.ts";
import { createPrivately } from "./database_file.ts";

const SQLITE_BUSY = 5;

export interface LockHolder {
  readonly pid: number;
  /** `undefined` without Deno's permission to read the host name. */
  readonly host?: string;
  /** RFC 3339. */
  readonly since: string;
}

/**
 * An exclusive lock on a data folder: only its holder may write there. It is an open transaction on the empty SQLite
 * file `confab.lock`. SQLite locks that file through the operating system, which releases the lock when the process ends,
 * even after SIGKILL. `confab.holder.json` beside it only serves error messages.
 */
export class FolderLock implements Disposable {
  readonly #database: DatabaseSync;
  readonly #holderPath: string;

  /** Throws a `StoreError` that names the holder if another process, or this one, holds the folder. */
  constructor(folder: string, now: number) {
    const path = `${folder}/confab.lock`;
    this.#holderPath = `${folder}/confab.holder.json`;
    this.#database = lock(path, folder, this.#holderPath);
    try {
      const holder: LockHolder = { pid: Deno.pid, ...hostname(), since: new Date(now).toISOString() };
      Deno.writeTextFileSync(this.#holderPath, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
    } catch (error) {
      this.#database.close();
      throw storeError(error, this.#holderPath);
    }
  }

  [Symbol.dispose](): void {
    try {
      Deno.removeSync(this.#holderPath);
    } catch {
      // The file is only informative: the lock itself decides.
    }
    this.#database.close();
  }
}

function lock(path: string, folder: string, holderPath: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    createPrivately(path);
    database = new DatabaseSync(path, { timeout: 0 });
    database.prepare("BEGIN EXCLUSIVE").run();
    return database;
  } catch (error) {
    database?.close();
    if (sqliteCode(error) !== SQLITE_BUSY) throw storeError(error, path);
    const next = "stop it first, or choose another folder with --data";
    throw new StoreError(`Folder ${folder} is in use by ${describe(holderPath)}: ${next}`, { cause: error });
  }
}

function describe(holderPath: string): string {
  try {
    const { pid, host, since } = JSON.parse(Deno.readTextFileSync(holderPath)) as LockHolder;
    return `process ${pid}${host === undefined ? "" : ` on ${host}`} since ${since}`;
  } catch {
    return "another process";
  }
}

function hostname(): { host?: string } {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? { host: Deno.hostname() } : {};
}
