import { join } from "node:path";
import type { ClusterLinksOptions } from "../../cluster/link/mod.ts";
import { Archive } from "../../history/transfer/archive.ts";
import { removeIfThere } from "../platform/private_file.ts";

type Source = NonNullable<ClusterLinksOptions["snapshots"]>;

/** Copies of this server's database, as it was at its last checkpoint, for servers that join. */
export class DatabaseCopies implements Source {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): ReturnType<Source["open"]> {
    const path = join(this.#folder, "confab.db.outgoing");
    removeIfThere(path);
    using archive = new Archive(this.#folder);
    await archive.backUp(path);
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
