/** Checks of a data folder. They change nothing, apart from a file that is written and removed again. */

import { MIN_FREE_DISK_BYTES } from "../../protocol/limits.ts";
import { EXIT } from "../args/exit_codes.ts";
import { failed, type Finding, ok, warning } from "./check_result.ts";

const MEBIBYTE = 1024 * 1024;
const LOW_FREE_BYTES = 1024 * MEBIBYTE;
/** Each batch waits this long with `--sync full`. */
const SLOW_SYNC_MS = 100;

/** The result of the writing of a small file. */
export interface FolderProbe {
  /** The data folder. */
  readonly folder: string;
  /** The folder in which the file was written: the nearest one that exists. */
  readonly existing: string;
  readonly syncMs: number;
  /** Whether other users of this machine may change the files of the existing folder. */
  readonly open: boolean;
}

export function checkFolder({ folder, existing, open }: FolderProbe): Finding {
  if (folder !== existing) return ok(`${folder} does not exist yet, and can be created`);
  if (!open) return ok(`${folder} can be read and written`);
  return warning(`Other users of this machine can replace files in ${folder}`, `chmod go-w ${folder}`);
}

export interface DiskSpace {
  readonly freeBytes: number;
  readonly isNetworkDrive: boolean;
}

export function checkDisk({ freeBytes, isNetworkDrive }: DiskSpace, syncMs: number): Finding {
  const found = `${formatBytes(freeBytes)} free, and a sync takes ${Math.ceil(syncMs)} ms`;
  if (freeBytes < MIN_FREE_DISK_BYTES) {
    return failed(EXIT.cannotStore, found, "Free some space, or choose a folder on another disk with --data");
  }
  if (isNetworkDrive) {
    return warning(`${found}, but it is a network drive`, "Choose a folder on a disk of this machine with --data");
  }
  if (freeBytes < LOW_FREE_BYTES) return warning(found, "Free some space, or limit the history with serve --keep");
  if (syncMs > SLOW_SYNC_MS) {
    return warning(found, "Use a faster disk, or stay with serve --sync normal: with full each batch waits that long");
  }
  return ok(found);
}

function formatBytes(bytes: number): string {
  const gibibytes = bytes / (1024 * MEBIBYTE);
  return gibibytes >= 1 ? `${gibibytes.toFixed(1)} GiB` : `${Math.floor(bytes / MEBIBYTE)} MiB`;
}

/** `rooms` is `undefined` without a database. */
export interface DatabaseReading {
  readonly rooms: number | undefined;
  readonly isServed: boolean;
}

export function checkDatabase({ rooms, isServed }: DatabaseReading): Finding {
  const served = isServed ? ", and a server runs on it" : "";
  if (rooms === undefined) return ok(`There is no history yet${served}`);
  return ok(`The history opens, with ${rooms} ${rooms === 1 ? "room" : "rooms"}${served}`);
}
