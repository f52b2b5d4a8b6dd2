import { join } from "node:path";
import { parseName } from "../../protocol/text/names.ts";
import { mayUse, preparePrivateFolder, readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";
import { readVariable } from "../platform/program.ts";
import { stateFolder } from "./client_storage.ts";

const LAST_NAME_FILE = "last_name";
const MAX_NAME_FILE_BYTES = 1024;

/** The name that the user last typed in the wizard; `undefined` if no name is kept or it cannot be read. */
export function lastName(folder: string | undefined = usualFolder()): string | undefined {
  try {
    return folder === undefined
      ? undefined
      : parseName((readPrivateFile(join(folder, LAST_NAME_FILE), MAX_NAME_FILE_BYTES) ?? "").trim());
  } catch {
    return undefined;
  }
}

/** Keeps the name as a suggestion for the next start. Errors are ignored. */
export function keepLastName(name: string, folder: string | undefined = usualFolder()): void {
  if (folder === undefined) return;
  try {
    preparePrivateFolder(folder);
    replacePrivateFile(join(folder, LAST_NAME_FILE), `${name}\n`);
  } catch {
    // The wizard then suggests the system user's name.
  }
}

function usualFolder(): string | undefined {
  const folder = stateFolder(readVariable);
  return folder !== undefined && mayUse(folder) ? folder : undefined;
}
