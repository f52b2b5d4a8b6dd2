import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store.ts";
import { sqliteCode, storeError } from "./sqlite_errors.ts";
import { createPrivately } from "./private_create.ts";

export interface Holder {
  readonly pid: number;
  /** Undefined where Deno may not tell it. */
  readonly host?: string;
  /** RFC 3339. */
  readonly since: string;
}

/**
 * The right to write to a folder, for one process. It is a transaction that never ends, on a file that stays empty:
 * SQLite locks that file by the means of the system, so that the lock goes with the process, however it dies.
 */
export class FolderLock implements Disposable {
  readonly #database: DatabaseSync;
  readonly #holderPath: string;

  /** Throws a `StoreError` that says who holds the folder, if somebody does. */
  constructor(folder: string, now: number) {
    const path = `${folder}/confab.lock`;
    this.#holderPath = `${folder}/confab.holder.json`;
    this.#database = lock(path, folder, this.#holderPath);
    try {
      const holder: Holder = { pid: Deno.pid, ...hostname(), since: new Date(now).toISOString() };
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
      // Only a note for people; the lock itself is what counts.
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
    if (sqliteCode(error) !== 5) throw storeError(error, path);
    const next = "stop it first, or choose another folder with --data";
    throw new StoreError(`Folder ${folder} is in use by ${describe(holderPath)}: ${next}`, { cause: error });
  }
}

function describe(holderPath: string): string {
  try {
    const { pid, host, since } = JSON.parse(Deno.readTextFileSync(holderPath)) as Holder;
    return `process ${pid}${host === undefined ? "" : ` on ${host}`} since ${since}`;
  } catch {
    return "another process";
  }
}

function hostname(): { host?: string } {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? { host: Deno.hostname() } : {};
}
