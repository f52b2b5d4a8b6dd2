/** Beside the file until it is complete. What an earlier attempt has left is overwritten. */
const PARTIAL = ".partial";

/** A file that gets its name when it is complete and on the disk. */
export class SnapshotFile implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #size = 0;
  #isOpen = true;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Rejects with `AlreadyExists` if the file exists. Only this user can read it. */
  static async create(path: string): Promise<SnapshotFile> {
    if (await exists(path)) throw new Deno.errors.AlreadyExists(`File ${path} already exists`);
    const options = { create: true, truncate: true, write: true, mode: 0o600 };
    return new SnapshotFile(path, await Deno.open(path + PARTIAL, options));
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#size += bytes.length;
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#file.write(rest));
  }

  /** Syncs the file and gives it its name. No bytes may follow. */
  async complete(): Promise<void> {
    await this.#file.sync();
    this.#close();
    await Deno.rename(this.#path + PARTIAL, this.#path);
    await syncFolder(this.#path);
  }

  #close(): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }

  /** Removes the file unless it is complete. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#close();
    Deno.removeSync(this.#path + PARTIAL);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Makes the new name survive a power cut. Windows cannot open folders, and does it by itself. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path.replace(/[^/]*$/, "") || ".");
  await folder.sync();
}
