import type { Endpoint } from "../../protocol/address/endpoint.ts";
import { type IsProxy, noProxy } from "../../protocol/address/trusted_proxies.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Listener } from "../../transports/connection.ts";
import { listenTcp } from "../../transports/tcp.ts";
import type { TlsKeyPair } from "../../transports/tls.ts";
import { listenTls } from "../../transports/tls_listener.ts";
import { listenUnix } from "../../transports/unix.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import type { ProxyPlan } from "../args/serve_options.ts";
import { explain } from "../platform/system_errors.ts";
import { hiddenOccupantOf } from "./port_probe.ts";

/** The addresses to listen on; at least one is set. */
export interface ListenPlan {
  readonly tcp?: Endpoint;
  /** Path of a Unix socket. */
  readonly path?: string;
}

/**
 * Opens all listeners of a plan; the port uses TLS if `tls` is given.
 * Rejects with a failure, with none left open.
 */
export async function listenAll(
  { tcp, path }: ListenPlan,
  tls?: TlsKeyPair,
  proxies: ProxyPlan = NO_PROXIES,
): Promise<Listener[]> {
  const listeners: Listener[] = [];
  try {
    if (tcp !== undefined) listeners.push(await listenOnPort(tcp, tls, proxies.isProxy));
    if (path !== undefined) listeners.push(await listenOnPath(path, proxies.unix));
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
  return listeners;
}

const NO_PROXIES: ProxyPlan = { isProxy: noProxy, unix: false };

async function listenOnPort(
  { host, port }: Endpoint,
  tls: TlsKeyPair | undefined,
  isProxy: IsProxy,
): Promise<Listener> {
  const occupant = await hiddenOccupantOf({ host, port });
  if (occupant !== undefined) throw new Failure(EXIT.cannotListen, inUse(port, `; it answers at ${occupant}`));
  try {
    return tls === undefined ? listenTcp(host, port, isProxy) : listenTls(host, port, tls, isProxy);
  } catch (error) {
    throw new Failure(EXIT.cannotListen, portError(host, port, error), { cause: error });
  }
}

function portError(host: string, port: number, error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return inUse(port);
  }
  const next = error instanceof Deno.errors.NotCapable ? "" : "; choose another with --port or --host";
  return `Cannot listen on ${host} port ${port}: ${explain(error)}${next}`;
}

function inUse(port: number, where = ""): string {
  return `Port ${port} is already in use: stop the other program or choose another port with --port${where}`;
}

async function listenOnPath(path: string, isProxy: boolean): Promise<Listener> {
  if (Deno.build.os === "windows") {
    throw new Failure(EXIT.usage, "Option --unix does not work on Windows: use --port");
  }
  try {
    return await listenUnix(path, { isProxy });
  } catch (error) {
    throw new Failure(EXIT.cannotListen, pathError(path, error), { cause: error });
  }
}

function pathError(path: string, error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Socket ${quote(path)} is already in use: stop the other server or choose another path with --unix`;
  }
  if (error instanceof Deno.errors.AlreadyExists) {
    return `Cannot listen on ${quote(path)}: it is not a socket; remove it or choose another path with --unix`;
  }
  const next = error instanceof Deno.errors.NotCapable ? "" : "; choose another path with --unix";
  return `Cannot listen on ${quote(path)}: ${explain(error)}${next}`;
}
