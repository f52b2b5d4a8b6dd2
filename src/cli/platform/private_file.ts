/** Files and folders that nobody but their owner may read. */

/** Of a file in which more can be nothing of ours. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Whether Deno may read and write the folder. The user is not asked for the permission. */
export function mayUse(folder: string): boolean {
  const granted = (name: "read" | "write") => Deno.permissions.querySync({ name, path: folder }).state === "granted";
  return granted("read") && granted("write");
}

/** Creates the folder if it is missing. */
export function preparePrivateFolder(path: string): void {
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  closeToOthers(path, 0o700);
}

/** Windows has no such modes: a person's folders there are closed to others anyway. */
function closeToOthers(path: string, mode: number): void {
  if (Deno.build.os !== "windows" && (Deno.statSync(path).mode! & 0o077) !== 0) Deno.chmodSync(path, mode);
}

/** Whoever reads finds the old text or the new one, and never a part. `partial` is the name while it is being written. */
export function replacePrivateFile(path: string, text: string, partial: string = `${path}.partial`): void {
  Deno.writeTextFileSync(partial, text, { mode: 0o600 });
  Deno.renameSync(partial, path);
}

/** Undefined where it is missing, and empty where it has more bytes than it may. */
export function readPrivateFile(path: string, maxBytes: number = MAX_FILE_BYTES): string | undefined {
  try {
    closeToOthers(path, 0o600);
    if (Deno.statSync(path).size > maxBytes) return "";
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
