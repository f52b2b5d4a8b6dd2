import { FILES_DISK_LOOK_BYTES, MIN_FREE_DISK_BYTES } from "../../protocol/limits.ts";
import { FileStoreError } from "../file_store.ts";

const MEBIBYTE = 1024 * 1024;

/** Keeps `MIN_FREE_DISK_BYTES` of the disk free of files: the database of the chat would fail on a disk that they fill. */
export class DiskReserve {
  readonly #freeBytes: () => Promise<number>;
  /** Bytes that may be written before the next look at the disk. */
  #left = 0;
  #looking: Promise<void> | undefined;

  /** `freeBytes` returns the free bytes of the disk; `Infinity` if they are unknown. */
  constructor(freeBytes: () => Promise<number>) {
    this.#freeBytes = freeBytes;
  }

  /** Called before so many bytes are written. Rejects with `full` if they do not fit. */
  async take(bytes: number): Promise<void> {
    if (this.#left < bytes) await (this.#looking ??= this.#look());
    if (this.#left < bytes) {
      const text = `Less than ${MIN_FREE_DISK_BYTES / MEBIBYTE} MB of the disk are free, which the chat needs`;
      throw new FileStoreError("full", `${text}: free some space`);
    }
    this.#left -= bytes;
  }

  async #look(): Promise<void> {
    try {
      this.#left = Math.min(FILES_DISK_LOOK_BYTES, await this.#freeBytes() - MIN_FREE_DISK_BYTES);
    } finally {
      this.#looking = undefined;
    }
  }
}
