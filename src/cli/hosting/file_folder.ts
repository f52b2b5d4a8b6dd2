import { statfs } from "node:fs/promises";
import { DiskFileStore } from "../../files/disk/disk_file_store.ts";
import { FolderLayout } from "../../files/disk/folder_layout.ts";
import { FileStoreError } from "../../files/file_store.ts";
import { DEFAULT_FILES_TOTAL_BYTES, FILES_DISK_SHARE } from "../../protocol/limits.ts";
import type { ServerOptions } from "../../server/server.ts";
import type { FilePlan } from "../args/file_options.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { removeIfThere } from "../platform/private_file.ts";

/** The store of files with its limits. */
export interface OpenFiles extends AsyncDisposable {
  /** `undefined` if the server takes no files. */
  readonly options: ServerOptions["files"];
}

/** The owner of the files of servers that keep nothing else: their ids change at each start. */
export const MEMORY_OWNER = "memory";

/** Opens the folder of files for its owner, a server by its id. Rejects with a failure. */
export async function openFiles(plan: FilePlan | undefined, owner: string): Promise<OpenFiles> {
  if (plan === undefined) return { options: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  const { folder, maxFileBytes, bytesPerMemberAndDay } = plan;
  const store = await DiskFileStore.open({ folder, owner, freeBytes: () => freeBytes(folder) }).catch((error) => {
    if (!(error instanceof FileStoreError)) throw error;
    throw new Failure(EXIT.cannotStore, error.message, { cause: error });
  });
  const totalBytes = plan.totalBytes ?? await defaultTotal(folder, store.usedBytes);
  return {
    options: { store, limits: { maxFileBytes, totalBytes, bytesPerMemberAndDay } },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** Lets another owner use a folder that has no files. */
export function removeOwner(folder: string): void {
  removeIfThere(new FolderLayout(folder).lock);
}

/** Files that are there already count as free space. */
async function defaultTotal(folder: string, usedBytes: number): Promise<number> {
  return Math.min(DEFAULT_FILES_TOTAL_BYTES, Math.floor(FILES_DISK_SHARE * (await freeBytes(folder) + usedBytes)));
}

/** `Infinity` if it is unknown. The user is not asked for the permission to read it. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { state } = await Deno.permissions.query({ name: "sys", kind: "statfs" });
    if (state !== "granted") return Infinity;
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
