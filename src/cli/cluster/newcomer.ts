/** Fetches a copy of another server's data, for a server that has none of the chat, or has missed too much. */

import { join } from "node:path";
import { LogTrimmed } from "../../cluster/command_log.ts";
import { askSecrets, dialAsNewcomer, fetchSnapshot } from "../../cluster/link/mod.ts";
import { surveyLog } from "../../cluster/replica/mod.ts";
import type { Log } from "../../server/monitor/log_events.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { moveFile, preparePrivateFolder, removeIfThere } from "../platform/private_file.ts";
import { explain } from "../platform/system_errors.ts";
import { storeCertificate } from "../hosting/server_certificate.ts";
import { keepPassword } from "../invites/share.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import { linkParts } from "./cluster_parts.ts";
import { dialOtherServer } from "./server_dialer.ts";

const DATABASE = "confab.db";
/** The data of a server that had fallen too far behind. */
const OUTDATED = "confab.db.outdated";

export interface NewcomerOptions {
  readonly parts: ClusterParts;
  readonly folder: string;
  readonly log: Log;
}

/** How long a new server looks for one that gives it a copy, and how long it waits between two rounds. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 1_000;

/** Fetches a copy into a folder without data, if the chat exists already. Rejects with a failure if no server gives one. */
export async function copyIfNew(options: NewcomerOptions): Promise<void> {
  const { parts, folder } = options;
  if (hasData(folder)) return;
  const { isEmpty } = await surveyLog(parts.log, parts.sealer, new AbortController().signal);
  if (isEmpty) return;
  preparePrivateFolder(folder);
  takeCopy(folder, await fetchCopy(options));
}

/** Makes the copy the folder's database. A journal of an earlier database is removed: SQLite would apply it to the copy. */
export function takeCopy(folder: string, copy: string): void {
  removeJournal(folder);
  moveFile(copy, join(folder, DATABASE));
}

function removeJournal(folder: string): void {
  for (const end of ["-wal", "-shm"]) removeIfThere(join(folder, DATABASE + end));
}

/** Removes the database of a server that has founded a chat of its own while another one did. Its store must be closed. */
export function removeData(folder: string): void {
  removeIfThere(join(folder, DATABASE));
  removeJournal(folder);
}

/** Fetches a copy in place of the folder's data, which are kept beside it. The store must be closed. Rejects with a failure. */
export async function replaceByCopy(options: NewcomerOptions): Promise<void> {
  const { folder } = options;
  const copy = await fetchCopy(options);
  moveFile(join(folder, DATABASE), join(folder, OUTDATED));
  takeCopy(folder, copy);
}

/** Whether the folder has a database. */
export function hasData(folder: string): boolean {
  try {
    return Deno.statSync(join(folder, DATABASE)).size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Whether entries after this position were removed from the log: the data up to it cannot be continued. */
export async function isBehind(position: number, { log }: ClusterParts): Promise<boolean> {
  const seen = new AbortController();
  try {
    await log.follow(position, () => seen.abort(), () => seen.abort(), seen.signal);
    return false;
  } catch (error) {
    if (error instanceof LogTrimmed) return true;
    throw error;
  }
}

/** Asks one server after the other, until one gives a copy. Resolves with the path of the copy. */
async function fetchCopy(options: NewcomerOptions): Promise<string> {
  const { log, sealer } = options.parts;
  let last: unknown;
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await pause()) {
    const { addresses } = await surveyLog(log, sealer, new AbortController().signal);
    for (const address of addresses) {
      try {
        return await fetchFrom(address, options);
      } catch (error) {
        last = error;
        options.log("warn", "copy failed", { address, error: explain(error) });
      }
    }
  }
  const reason = last === undefined ? "the log names no server" : explain(last);
  throw new Failure(
    EXIT.cannotConnect,
    `No server of the chat gives a copy of its data (${reason}): start a server that has the data, and then this one`,
    { cause: last },
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

async function fetchFrom(address: string, { parts, folder, log }: NewcomerOptions): Promise<string> {
  const { signal } = new AbortController();
  const path = join(folder, `${DATABASE}.copy`);
  removeIfThere(path);
  const link = await dialAsNewcomer(linkParts(parts.secret), address, dialOtherServer, signal);
  try {
    log("info", "copying", { from: address });
    const { certificate, passphrase } = await askSecrets(link);
    const bytes = await fetchSnapshot(link, path);
    if (certificate !== undefined) storeCertificate(folder, certificate);
    if (passphrase !== undefined) keepPassword(folder, passphrase);
    log("info", "copied", { from: address, bytes });
    return path;
  } finally {
    link.close();
  }
}
