/** How the checks reach this system and the network. */

import { lookup } from "node:dns/promises";
import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { dialTcp } from "../../transports/tcp.ts";
import { dialTls, lookAtCertificate } from "../../transports/tls.ts";
import { dialUnix } from "../../transports/unix.ts";
import { stateFolder } from "../joining/client_storage.ts";
import { openKnownServers } from "../joining/known_servers.ts";
import { readVariable } from "../platform/program.ts";
import type { DiskSpace, FolderProbe } from "./folder_checks.ts";
import type { Firewall } from "./machine_checks.ts";
import type { ServerTools } from "./server_tools.ts";

export function serverTools(): ServerTools {
  return {
    lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
    dial: (address, signal) =>
      address.kind === "unix" ? dialUnix(address.path) : dialTcp(address.host, address.port, signal),
    dialTls,
    look: lookAtCertificate,
    servers: openKnownServers(stateFolder(readVariable)),
    now: () => Date.now(),
    stopwatch: () => performance.now(),
  };
}

/** The folder itself, or the nearest folder above it that exists. */
function nearestExisting(folder: string): string {
  for (let path = resolve(folder);; path = dirname(path)) {
    try {
      Deno.statSync(path);
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || path === dirname(path)) throw error;
    }
  }
}

/** As much as a small batch of messages. */
const PROBE_BYTES = 4_096;

/** Writes a file into the folder, waits until it is on the disk, and removes it. Rejects if one of these fails. */
export async function probeFolder(folder: string): Promise<FolderProbe> {
  const existing = nearestExisting(folder);
  const path = await Deno.makeTempFile({ dir: existing, prefix: ".confab-doctor-" });
  try {
    using file = await Deno.open(path, { write: true });
    const started = performance.now();
    await file.write(new Uint8Array(PROBE_BYTES));
    await file.sync();
    const syncMs = performance.now() - started;
    return { folder: resolve(folder), existing, syncMs, open: isOpenToOthers(existing) };
  } finally {
    await Deno.remove(path);
  }
}

/** Always false on Windows, which has no such modes. */
function isOpenToOthers(folder: string): boolean {
  return Deno.build.os !== "windows" && (Deno.statSync(folder).mode! & 0o022) !== 0;
}

/** NFS, SMB, SMB 2, CIFS and AFS, by the numbers of statfs(2) of Linux. Other systems have other numbers. */
const NETWORK_DRIVES: readonly number[] = [0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f];

export async function readDiskSpace(folder: string): Promise<DiskSpace> {
  const { bavail, bsize, type } = await statfs(nearestExisting(folder));
  return {
    freeBytes: bavail * bsize,
    isNetworkDrive: Deno.build.os === "linux" && NETWORK_DRIVES.includes(type >>> 0),
  };
}

/** When the newest of a data folder's files was written; `undefined` without any. */
export function newestWrite(folder: string): number | undefined {
  const times = ["confab.db", "confab.db-wal"].flatMap((name) => {
    try {
      return Deno.statSync(join(folder, name)).mtime?.getTime() ?? [];
    } catch {
      return [];
    }
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Finds a firewall by files that everyone may read. */
export function findFirewall(os = Deno.build.os, read = readText): Firewall {
  if (os === "windows") return "windows";
  if (os === "darwin") return "macos";
  if (/^ENABLED=yes/m.test(read("/etc/ufw/ufw.conf") ?? "")) return "ufw";
  return read("/etc/systemd/system/dbus-org.fedoraproject.FirewallD1.service") === undefined ? "unknown" : "firewalld";
}

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
