import { basename, dirname, join } from "node:path";
import type { Log } from "../../server/monitor/log_events.ts";
import type { Connection, Listener } from "../../transports/connection.ts";
import { dialUnix, listenUnix } from "../../transports/unix.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";
import type { Reach } from "../invites/share.ts";

/** The socket in the data folder that only the operator's user may open. Its connections act as the owner. */
const SOCKET = "control.sock";
/** The server's `Reach`, for invites that are created over the control socket. */
const REACH = "control.json";

/** Opens the control socket; `undefined` if that fails, because the server works without it. */
export async function listenForOwner(folder: string, reach: Reach, log: Log): Promise<Listener | undefined> {
  const path = controlPath(folder);
  try {
    keepReach(folder, reach);
    return Deno.build.os === "windows" ? undefined : await listenUnix(path, { ownerOnly: true });
  } catch (error) {
    log("warn", "control socket failed", { path, error: explain(error) });
    return undefined;
  }
}

/** Keeps the reach for invites that are created from now on. Throws if it cannot be written. */
export function keepReach(folder: string, reach: Reach): void {
  replacePrivateFile(join(folder, REACH), `${JSON.stringify(reach)}\n`);
}

export function controlPath(folder: string): string {
  return join(folder, SOCKET);
}

/** Whether a server runs on the folder and accepts this user as its owner. */
export async function isControlled(folder: string): Promise<boolean> {
  return await dialUnix(controlPath(folder)).then((connection) => {
    connection.close();
    return true;
  }, () => false);
}

/** The reach of the server that runs, or last ran, on the folder. Throws if it cannot be read. */
export function readReach(folder: string): Reach | undefined {
  const text = readPrivateFile(join(folder, REACH));
  return text === undefined ? undefined : JSON.parse(text);
}

/** The reach of the server with this Unix socket; `undefined` if it is not a control socket. */
export function reachBeside(path: string): Reach | undefined {
  if (basename(path) !== SOCKET) return undefined;
  try {
    return readReach(dirname(path));
  } catch {
    return undefined;
  }
}

/** Connects to the control socket of the folder. Rejects with a failure that says what to do. */
export async function dialOwnServer(
  folder: string,
): Promise<{ connection: Connection; reach: Reach | undefined }> {
  if (Deno.build.os === "windows") {
    throw new Failure(
      EXIT.usage,
      "Windows has no control socket: give the server's ADDRESS and the admin password",
    );
  }
  try {
    const reach = readReach(folder);
    return { connection: await dialUnix(controlPath(folder)), reach };
  } catch (error) {
    throw new Failure(EXIT.cannotConnect, `Cannot reach the server of ${folder}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused) {
    return "it is not running; start it, choose its folder with --data, or give its ADDRESS";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "it belongs to another user; run this as that user, or give its ADDRESS and the admin password";
  }
  return explain(error);
}
