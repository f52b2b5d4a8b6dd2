/** The checks of this machine, with what they look at. */

import { join } from "node:path";
import { StoreError } from "../../history/store.ts";
import { DEFAULT_PORT, parseEndpoint } from "../../protocol/address/endpoint.ts";
import { FileReserve } from "../../transports/descriptor_reserve.ts";
import type { Arguments } from "../args/arguments.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { isControlled } from "../hosting/control_socket.ts";
import { chooseFolder, storeFailure } from "../hosting/data_folder.ts";
import { occupantOf } from "../hosting/port_probe.ts";
import { openCertificate, openCertificateFiles } from "../hosting/server_certificate.ts";
import { interfaceHosts } from "../platform/machine_addresses.ts";
import { VERSION } from "../platform/program.ts";
import { explain } from "../platform/system_errors.ts";
import { checkOwnCertificate } from "./certificate_checks.ts";
import { type Check, failed, type Finding } from "./check_result.ts";
import { checkDatabase, checkDisk, checkFolder } from "./folder_checks.ts";
import {
  checkAddresses,
  checkClock,
  checkDescriptors,
  checkFirewall,
  checkNearby,
  checkVersions,
  WANTED_DESCRIPTORS,
} from "./machine_checks.ts";
import { checkPort } from "./port_check.ts";
import { askServer } from "./server_examination.ts";
import { exists, findFirewall, newestWrite, probeFolder, readDiskSpace, serverTools } from "./system_tools.ts";

/** Long enough for the answers of most machines. */
const NEARBY_MS = 1_000;

/** The checks for a server on this machine. Throws a usage failure. */
export function hostChecks(args: Arguments): readonly Check[] {
  const folder = chooseFolder(args);
  const port = args.number("port", 1, 65_535) ?? DEFAULT_PORT;
  const files = certificateFiles(args);
  return [
    versions(),
    clock(folder),
    addresses(),
    { name: "Port", code: EXIT.cannotListen, run: (signal) => portFinding(port, signal) },
    unfit("Firewall", () => checkFirewall(findFirewall(), port)),
    inFolder("Data folder", async () => checkFolder(await probeFolder(folder)), folder),
    inFolder("Disk", async () => checkDisk(await readDiskSpace(folder), (await probeFolder(folder)).syncMs), folder),
    inFolder("History", () => databaseFinding(folder), folder),
    inFolder("Certificate", () => certificateFinding(folder, files), folder),
    unfit("Open files", () => checkDescriptors(holdDescriptors())),
    unfit("Nearby chats", nearbyFinding),
  ];
}

/** The checks for a client on this machine, before those of the server. */
export function visitorChecks(): readonly Check[] {
  return [versions(), clock(undefined), addresses()];
}

function versions(): Check {
  const { os, arch } = Deno.build;
  return unfit("Versions", () => checkVersions({ confab: VERSION, deno: Deno.version.deno, os, arch }));
}

function clock(folder: string | undefined): Check {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const written = () => folder === undefined ? undefined : newestWrite(folder);
  return unfit("Clock", () => checkClock({ now: Date.now(), timeZone, written: written() }));
}

function addresses(): Check {
  return unfit("Addresses", () => checkAddresses(interfaceHosts(false)));
}

function unfit(name: string, run: Check["run"]): Check {
  return { name, code: EXIT.unfit, run };
}

/** A check whose errors concern the folder. */
function inFolder(name: string, run: () => Promise<Finding>, folder: string): Check {
  const explained = async () => {
    try {
      return await run();
    } catch (error) {
      if (error instanceof Failure || error instanceof StoreError) throw storeFailure(error);
      const next = "Give this user the rights, or choose another folder with --data";
      return failed(EXIT.cannotStore, `Cannot write to ${folder}: ${explain(error)}`, next);
    }
  };
  return { name, code: EXIT.cannotStore, run: explained };
}

async function portFinding(port: number, signal: AbortSignal): Promise<Finding> {
  return await checkPort(port, {
    listen: (port) => Deno.listen({ hostname: "127.0.0.1", port }).close(),
    occupant: (port) => occupantOf({ host: "0.0.0.0", port }),
    ask: async (address) => {
      const { host, port } = parseEndpoint(address);
      return await askServer(host, port, serverTools(), signal);
    },
  });
}

async function databaseFinding(folder: string): Promise<Finding> {
  const isServed = await isControlled(folder);
  if (!exists(join(folder, "confab.db"))) return checkDatabase({ rooms: undefined, isServed });
  const { Archive } = await import("../../history/transfer/archive.ts");
  using archive = new Archive(folder);
  return checkDatabase({ rooms: archive.rooms().length, isServed });
}

interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

function certificateFiles(args: Arguments): CertificatePaths | undefined {
  const cert = args.text("cert");
  const key = args.text("key");
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === undefined && key === undefined) return undefined;
  throw new Failure(
    EXIT.usage,
    "Options --cert and --key must be used together: give both or neither",
  );
}

/** Opens it as `serve` does, apart from creating it. */
async function certificateFinding(folder: string, files: CertificatePaths | undefined): Promise<Finding> {
  if (files !== undefined) return checkOwnCertificate(openCertificateFiles(files).until, Date.now());
  if (!exists(join(folder, "cert.pem"))) return checkOwnCertificate(undefined, Date.now());
  return checkOwnCertificate((await openCertificate({ kind: "own" }, [], folder))?.until, Date.now());
}

function holdDescriptors(): boolean | undefined {
  if (Deno.build.os === "windows") return undefined;
  const reserve = new FileReserve(WANTED_DESCRIPTORS);
  const held = reserve.take();
  reserve.release();
  return held;
}

async function nearbyFinding(): Promise<Finding> {
  // Loaded here because the server's way does not need it.
  const { listNearby } = await import("../../nearby/discovery.ts");
  const errors: string[] = [];
  const servers = await listNearby(NEARBY_MS, { onError: (error) => errors.push(explain(error)) });
  return checkNearby({ chats: servers.length, errors });
}
