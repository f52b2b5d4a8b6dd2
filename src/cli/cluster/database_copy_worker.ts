/** The worker of `database_copies.ts`: SQLite copies a database in one go, and nothing else runs in its thread meanwhile. */

import { Archive } from "../../history/transfer/archive.ts";

/** The request of a copy. */
export interface DatabaseCopy {
  readonly folder: string;
  /** The path of the copy, where no file is. */
  readonly path: string;
}

/** The outcome. */
export interface DatabaseCopied {
  /** Why there is no copy. */
  readonly error?: string;
}

/** The types are those of the main thread, which has no such function. */
declare function postMessage(copied: DatabaseCopied): void;

self.addEventListener("message", async (event) => {
  const { folder, path }: DatabaseCopy = (event as MessageEvent).data;
  try {
    using archive = new Archive(folder);
    await archive.backUp(path);
    postMessage({});
  } catch (error) {
    postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
