/** Files and folders that only their owner can read. */

import { isHeld } from "./system_errors.ts";

/** A larger file is not one of ours. */
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

/** Removes the permissions of others. Windows has no such modes; a user's folders there are private anyway. */
function closeToOthers(path: string, mode: number): void {
  if (Deno.build.os !== "windows" && (Deno.statSync(path).mode! & 0o077) !== 0) Deno.chmodSync(path, mode);
}

/**
 * Replaces a file so that readers see the old or the new text, never a part. `partial` is the path
 * during the write.
 */
export function replacePrivateFile(path: string, text: string, partial: string = `${path}.partial`): void {
  onceReleased(() => Deno.writeTextFileSync(partial, text, { mode: 0o600 }));
  moveFile(partial, path);
}

/** Moves a file, which replaces a file at the new path. */
export function moveFile(from: string, to: string): void {
  onceReleased(() => Deno.renameSync(from, to));
}

/** How often, and after which pause, an action is tried again: for half a second altogether. */
const HELD_TRIES = 25;
const HELD_PAUSE_MS = 20;

/**
 * Virus scanners and search indexers on Windows open each new file for some milliseconds, in which nobody else can
 * replace or remove it. Performs the action again until the file is released, at most `HELD_TRIES` times.
 */
export function onceReleased<T>(action: () => T, os = Deno.build.os, pause = sleepSync): T {
  for (let left = os === "windows" ? HELD_TRIES : 0;; left--) {
    try {
      return action();
    } catch (error) {
      if (left === 0 || !(error instanceof Deno.errors.PermissionDenied || isHeld(error))) throw error;
      pause(HELD_PAUSE_MS);
    }
  }
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Reads a file; `undefined` if it is missing, and empty if it has more than `maxBytes`. */
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
    onceReleased(() => Deno.removeSync(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
