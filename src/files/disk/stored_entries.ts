import type { StoredEntry } from "../file_store.ts";
import { blobOf, type EntryKey, type FolderLayout, isBlobFolder, uploadOf } from "./folder_layout.ts";
import { infoAt } from "./file_pieces.ts";

/** Files whose sizes are asked for at once. */
const SLICE_FILES = 64;

/** Lists all uploads and blobs of the folder. Skips what is neither, and what vanishes meanwhile. */
export async function* listEntries(layout: FolderLayout): AsyncGenerator<StoredEntry> {
  yield* entriesIn(layout.partial, uploadOf);
  for await (const { name, isDirectory } of Deno.readDir(layout.folder)) {
    if (isDirectory && isBlobFolder(name)) yield* entriesIn(layout.blobFolder(name), (file) => blobOf(name, file));
  }
}

async function* entriesIn(
  folder: string,
  keyOf: (name: string) => EntryKey | undefined,
): AsyncGenerator<StoredEntry> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) if (isFile) names.push(name);
  for (let start = 0; start < names.length; start += SLICE_FILES) {
    const slice = names.slice(start, start + SLICE_FILES);
    const entries = await Promise.all(slice.map((name) => entryOf(`${folder}/${name}`, keyOf(name))));
    yield* entries.filter((entry) => entry !== undefined);
  }
}

async function entryOf(path: string, key: EntryKey | undefined): Promise<StoredEntry | undefined> {
  const info = key && await infoAt(path);
  return info && { ...key, size: info.size, changedAt: info.mtime?.getTime() ?? 0 };
}
