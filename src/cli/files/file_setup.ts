import { systemClock } from "../../client/clock.ts";
import type { OpenFileLink } from "../../client/files/file_ports.ts";
import type { FileSetup } from "../../terminal/files/local_files.ts";
import { DiskFiles } from "./disk_files.ts";
import { sha256Hash } from "./disk_hash.ts";

/** Files of this machine, and links to the server for them. */
export function fileSetup(openLink: OpenFileLink): FileSetup {
  return { local: new DiskFiles(), openLink, makeHash: sha256Hash, clock: systemClock, random: Math.random };
}
