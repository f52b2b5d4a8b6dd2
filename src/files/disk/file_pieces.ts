/** Reads and writes of many bytes, in pieces of at most `FILE_PIECE_BYTES`, and what makes them survive a power cut. */

import { FILE_PIECE_BYTES } from "../../protocol/limits.ts";
import { FileStoreError } from "../file_store.ts";

/** Writes some of the bytes at the file's position, and returns how many: as `Deno.FsFile.write`. */
export type WriteBytes = (file: Deno.FsFile, bytes: Uint8Array) => Promise<number>;

export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += FILE_PIECE_BYTES) {
    yield bytes.subarray(start, start + FILE_PIECE_BYTES);
  }
}

export async function writeWhole(file: Deno.FsFile, piece: Uint8Array, write: WriteBytes): Promise<void> {
  for (let written = 0; written < piece.length;) written += await write(file, piece.subarray(written));
}

/** Fills the buffer from the file's position on. `path` is for the error if the file ends too early. */
export async function readWhole(file: Deno.FsFile, buffer: Uint8Array, path: string): Promise<void> {
  for (let filled = 0; filled < buffer.length;) {
    const read = await file.read(buffer.subarray(filled, filled + FILE_PIECE_BYTES));
    if (read === null) {
      throw new FileStoreError("failed", `${path} is shorter than it was: restore it from a backup, or send it again`);
    }
    filled += read;
  }
}

/** Waits until the folder's list of files is on the disk. Windows has no such call for folders. */
export async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.sync();
}

/** Returns what lies at the path; `undefined` if nothing does. It does not follow links. */
export async function infoAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
