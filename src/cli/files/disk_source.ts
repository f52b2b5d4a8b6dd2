import { basename, resolve } from "node:path";
import type { FileSource } from "../../client/files/file_ports.ts";
import { explain } from "../platform/system_errors.ts";

/** Opens a regular file for reading. Throws an Error for users. */
export function openDiskSource(path: string): FileSource {
  try {
    // A pipe or a device could make opening wait.
    if (!Deno.statSync(path).isFile) throw new Error("it is not a file");
    const file = Deno.openSync(path, { read: true });
    const { size, mtime } = file.statSync();
    return {
      name: basename(path),
      size,
      origin: mtime === null ? undefined : { path: resolve(path), modified: mtime.getTime() },
      read: (offset, buffer) => readAt(file, offset, buffer),
      close: () => file.close(),
    };
  } catch (error) {
    throw new Error(`Cannot send ${path}: ${explain(error, path)}`, { cause: error });
  }
}

async function readAt(file: Deno.FsFile, offset: number, buffer: Uint8Array): Promise<number> {
  await file.seek(offset, Deno.SeekMode.Start);
  let count = 0;
  while (count < buffer.length) {
    const read = await file.read(buffer.subarray(count));
    if (read === null) break;
    count += read;
  }
  return count;
}
