import { type DiskFilesOptions, DiskFileStore } from "../../../src/files/disk/disk_file_store.ts";
import type { FileStoreSubject } from "../../contracts/file_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";

/** A store in a new folder, `files`, of a new temporary folder. */
export interface DiskSubject extends FileStoreSubject {
  /** The temporary folder, with a `/` at its end. */
  readonly around: string;
  readonly folder: string;
}

export function diskSubject(options: Omit<DiskFilesOptions, "folder"> = {}): DiskSubject {
  const temporary = temporaryFolder();
  const folder = `${temporary.path}/files`;
  return {
    around: `${temporary.path}/`,
    folder,
    open: () => DiskFileStore.open({ folder, ...options }),
    [Symbol.dispose]: () => temporary[Symbol.dispose](),
  };
}

/** All files below a folder with their sizes, by path. */
export function filesBelow(folder: string, path = ""): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${path}`)) {
    const below = path === "" ? name : `${path}/${name}`;
    if (isDirectory) Object.assign(found, filesBelow(folder, below));
    else found[below] = Deno.lstatSync(`${folder}/${below}`).size;
  }
  return found;
}

/** Calls `patched` in place of a method until it is disposed of. */
export function patch<T extends object, K extends keyof T>(target: T, name: K, patched: T[K]): Disposable {
  const original = target[name];
  target[name] = patched;
  return { [Symbol.dispose]: () => void (target[name] = original) };
}
