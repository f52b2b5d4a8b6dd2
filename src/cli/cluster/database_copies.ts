import { join } from "node:path";
import type { ClusterLinksOptions } from "../../cluster/link/mod.ts";
import type { DatabaseCopied, DatabaseCopy } from "./database_copy_worker.ts";
import { removeIfThere } from "../platform/private_file.ts";

type Source = NonNullable<ClusterLinksOptions["snapshots"]>;

/** Makes copies of this server's database at its last checkpoint, for servers that join. */
export class DatabaseCopies implements Source {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): ReturnType<Source["open"]> {
    const path = join(this.#folder, "confab.db.outgoing");
    removeIfThere(path);
    await copyDatabase({ folder: this.#folder, path });
    const file = await Deno.open(path);
    const { size } = await file.stat();
    return {
      size,
      async read(offset, buffer) {
        await file.seek(offset, Deno.SeekMode.Start);
        return await file.read(buffer) ?? 0;
      },
      close() {
        file.close();
        removeIfThere(path);
      },
    };
  }
}

/** Copies in a thread of its own, so that the chat goes on. Rejects with the sentence of the store. */
async function copyDatabase(copy: DatabaseCopy): Promise<void> {
  const worker = new Worker(new URL("./database_copy_worker.ts", import.meta.url), {
    type: "module",
    name: "copy of the database",
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.onmessage = ({ data: { error } }: MessageEvent<DatabaseCopied>) =>
    error === undefined ? resolve() : reject(new Error(error));
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(copy);
  try {
    await promise;
  } finally {
    worker.terminate();
  }
}
