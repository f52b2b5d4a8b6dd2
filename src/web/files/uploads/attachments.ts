/** Files that are chosen for the next message of each conversation. */

import { wireFileName } from "../../../protocol/files/file_names.ts";
import { formatBytes } from "../file_size.ts";

/** Files of one conversation that wait for the user to send them. */
const MAX_ATTACHED = 50;
/** Sentences that one choice of files can cause. */
const MAX_FAULTS = 5;

export interface ChosenFiles {
  readonly files: readonly File[];
  /** Names of folders, which cannot be sent. */
  readonly folders: readonly string[];
}

export class Attachments {
  readonly #files = new Map<string, readonly File[]>();

  /** By the key of the conversation. */
  of(key: string): readonly File[] {
    return this.#files.get(key) ?? [];
  }

  /** Adds those that can be sent. Returns a sentence for each other one. `maxBytes` is absent if the server takes no files. */
  add(key: string, { files, folders }: ChosenFiles, maxBytes: number | undefined): string[] {
    if (maxBytes === undefined) return ["This server takes no files"];
    const faults = folders.map((name) => `${wireFileName(name)} is a folder: pack it into one file first`);
    const attached = [...this.of(key)];
    for (const file of files) {
      const fault = attached.length < MAX_ATTACHED ? faultOf(file, maxBytes) : tooMany(file);
      if (fault === undefined) attached.push(file);
      else faults.push(fault);
    }
    this.#files.set(key, attached);
    const further = faults.length - MAX_FAULTS;
    return further > 1 ? [...faults.slice(0, MAX_FAULTS), `${further} more files cannot be sent`] : faults;
  }

  remove(key: string, file: File): void {
    this.#files.set(key, this.of(key).filter((other) => other !== file));
  }

  /** Removes and returns all files of a conversation. */
  take(key: string): readonly File[] {
    const files = this.of(key);
    this.#files.delete(key);
    return files;
  }
}

function faultOf({ name, size }: File, maxBytes: number): string | undefined {
  if (size === 0) return `${wireFileName(name)} is empty: there is nothing to send`;
  if (size <= maxBytes) return undefined;
  return `${wireFileName(name)} has ${formatBytes(size)}: this server takes at most ${formatBytes(maxBytes)} in a file`;
}

function tooMany({ name }: File): string {
  return `${wireFileName(name)} is too many: send the first ${MAX_ATTACHED} files before`;
}
