/**
 * Finds a program that already answers at a port. Windows allows one program to listen on all addresses of a port and
 * another on one of them ("Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE" of Microsoft), so clients reach the wrong one.
 */

import type { Endpoint } from "../../protocol/address/endpoint.ts";
import { dialTcp, formatTcp } from "../../transports/tcp.ts";
import { isAnyAddress } from "../invites/reachability.ts";
import { interfaceHosts } from "../platform/machine_addresses.ts";

/** Longer than this machine needs to accept a connection; Windows takes two seconds to refuse one. */
const PROBE_MS = 250;

/** The address at which another program accepts the connections of the endpoint; `undefined` if none does. */
export async function occupantOf({ host, port }: Endpoint): Promise<string | undefined> {
  if (port === 0) return undefined;
  const hosts = isAnyAddress(host) ? [host === "::" ? "::1" : "127.0.0.1", ...interfaceHosts(host === "::")] : [host];
  return await Promise.any(hosts.map((own) => answersAt(own, port))).catch(() => undefined);
}

/** As `occupantOf` on Windows. Other systems report such a port when the server listens on it. */
export async function hiddenOccupantOf(endpoint: Endpoint): Promise<string | undefined> {
  return Deno.build.os === "windows" ? await occupantOf(endpoint) : undefined;
}

/** Resolves with the address if a program accepts connections there, and rejects otherwise. */
async function answersAt(host: string, port: number): Promise<string> {
  (await dialTcp(host, port, AbortSignal.timeout(PROBE_MS))).close();
  return formatTcp(host, port);
}
