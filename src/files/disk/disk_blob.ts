import { FileStoreError, type StoredBlob } from "../file_store.ts";
import { fileStoreError } from "./disk_errors.ts";
import { infoAt, readWhole } from "./file_pieces.ts";

/** A blob that is open for reading. */
export class DiskBlob implements StoredBlob {
  readonly size: number;
  readonly #file: Deno.FsFile;
  readonly #path: string;
  /** The file's position; `undefined` if it is unknown. */
  #position: number | undefined = 0;
  #isReading = false;
  #isClosed = false;

  private constructor(file: Deno.FsFile, size: number, path: string) {
    this.#file = file;
    this.size = size;
    this.#path = path;
  }

  /** Resolves to `undefined` if there is no file, or something else than a file. */
  static async open(path: string): Promise<DiskBlob | undefined> {
    try {
      const info = await infoAt(path);
      if (info?.isFile !== true) return undefined;
      return new DiskBlob(await Deno.open(path), info.size, path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw fileStoreError(error, path);
    }
  }

  async read(offset: number, buffer: Uint8Array): Promise<number> {
    if (this.#isReading) throw new FileStoreError("busy", `${this.#path} is being read: wait for the last call`);
    this.#isReading = true;
    try {
      return await this.#fill(offset, buffer.subarray(0, Math.max(0, this.size - offset)));
    } catch (error) {
      this.#position = undefined;
      throw fileStoreError(error, this.#path);
    } finally {
      this.#isReading = false;
      if (this.#isClosed) this.#file.close();
    }
  }

  close(): void {
    if (!this.#isClosed && !this.#isReading) this.#file.close();
    this.#isClosed = true;
  }

  async #fill(offset: number, buffer: Uint8Array): Promise<number> {
    if (buffer.length === 0) return 0;
    if (this.#position !== offset) await this.#file.seek(offset, Deno.SeekMode.Start);
    await readWhole(this.#file, buffer, this.#path);
    this.#position = offset + buffer.length;
    return buffer.length;
  }
}
