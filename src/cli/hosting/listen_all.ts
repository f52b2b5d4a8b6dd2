import { DEFAULT_PORT } from "../../protocol/address/endpoint.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Listener } from "../../transports/connection.ts";
import { listenTcp } from "../../transports/tcp.ts";
import { listenTls, type TlsKeyPair } from "../../transports/tls.ts";
import { listenUnix } from "../../transports/unix.ts";
import { DEFAULT_HOST } from "../args/address.ts";
import type { Arguments } from "../args/arguments.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";

/** All interfaces of this machine. */
const EVERYWHERE = "0.0.0.0";

/**
 * Opens all listeners that the options of `serve` ask for; the port uses TLS if `tls` is given.
 * Rejects with a failure, with none left open.
 */
export async function listenAll(args: Arguments, tls?: TlsKeyPair): Promise<Listener[]> {
  const path = args.text("unix");
  const host = args.text("host") ?? (args.flag("share") ? EVERYWHERE : DEFAULT_HOST);
  const port = args.number("port", 0, 65_535) ?? DEFAULT_PORT;
  if (args.flag("no-tcp") && path === undefined) {
    throw new Failure(EXIT.usage, "Option --no-tcp leaves nothing to listen on: add --unix PATH");
  }
  if (args.flag("no-tcp") && args.flag("share")) {
    throw new Failure(EXIT.usage, "Options --share and --no-tcp cannot be combined: use only one of them");
  }
  const listeners: Listener[] = [];
  try {
    if (!args.flag("no-tcp")) listeners.push(listenOnPort(host, port, tls));
    if (path !== undefined) listeners.push(await listenOnPath(path));
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
  return listeners;
}

function listenOnPort(host: string, port: number, tls: TlsKeyPair | undefined): Listener {
  try {
    return tls === undefined ? listenTcp(host, port) : listenTls(host, port, tls);
  } catch (error) {
    throw new Failure(EXIT.cannotListen, portError(host, port, error), { cause: error });
  }
}

function portError(host: string, port: number, error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Port ${port} is already in use: stop the other program or choose another port with --port`;
  }
  const next = error instanceof Deno.errors.NotCapable ? "" : "; choose another with --port or --host";
  return `Cannot listen on ${host} port ${port}: ${explain(error)}${next}`;
}

async function listenOnPath(path: string): Promise<Listener> {
  if (Deno.build.os === "windows") {
    throw new Failure(EXIT.usage, "Option --unix does not work on Windows: use --port");
  }
  try {
    return await listenUnix(path);
  } catch (error) {
    throw new Failure(EXIT.cannotListen, pathError(path, error), { cause: error });
  }
}

function pathError(path: string, error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Socket ${quote(path)} is already in use: stop the other server or choose another path with --unix`;
  }
  const next = error instanceof Deno.errors.NotCapable ? "" : "; choose another path with --unix";
  return `Cannot listen on ${quote(path)}: ${explain(error)}${next}`;
}
