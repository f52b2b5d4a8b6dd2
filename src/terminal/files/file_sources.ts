import type { FileSource } from "../../client/files/file_ports.ts";
import type { LocalFiles } from "./local_files.ts";

/** Opens all of the files, or none: throws an Error for users. */
export function openFileSources(paths: readonly string[], local: LocalFiles): FileSource[] {
  const sources: FileSource[] = [];
  try {
    for (const path of paths) sources.push(local.openSource(path));
    return sources;
  } catch (error) {
    for (const source of sources) source.close();
    throw error;
  }
}
