import { join } from "node:path";
import { parseName } from "../../protocol/text/names.ts";
import { mayUse, stateFolder } from "./client_storage.ts";
import { readVariable } from "../platform/environment.ts";
import { preparePrivateFolder, readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";

const FILE = "last_name";
const MAX_BYTES = 1024;

/** The name that this user last gave when asked for one; undefined where there is none, or it cannot be read. */
export function lastName(folder: string | undefined = usualFolder()): string | undefined {
  try {
    return folder === undefined ? undefined : parseName((readPrivateFile(join(folder, FILE), MAX_BYTES) ?? "").trim());
  } catch {
    return undefined;
  }
}

/** It is only a suggestion: where it cannot be kept, nothing is said. */
export function keepLastName(name: string, folder: string | undefined = usualFolder()): void {
  if (folder === undefined) return;
  try {
    preparePrivateFolder(folder);
    replacePrivateFile(join(folder, FILE), `${name}\n`);
  } catch {
    // The system user's will be suggested.
  }
}

function usualFolder(): string | undefined {
  const folder = stateFolder(readVariable);
  return folder !== undefined && mayUse(folder) ? folder : undefined;
}
