import type { Log } from "../../server/monitor/log_events.ts";
import type { Listener } from "../../transports/connection.ts";
import { noProxy } from "../../protocol/address/trusted_proxies.ts";
import { parseAddress } from "../args/address.ts";
import { programName } from "../args/command_spec.ts";
import { keepReach, listenForOwner } from "./control_socket.ts";
import type { HostPlan } from "./host_plan.ts";
import { addressesNow, howToJoin, isAnyAddress, isBeyondLoopback, reachable } from "../invites/reachability.ts";
import { listenAll } from "./listen_all.ts";
import type { Metrics } from "./metrics_endpoint.ts";
import { openCertificate, type ServerCertificate } from "./server_certificate.ts";
import { askDefaultRoute } from "../platform/default_route.ts";
import { explain } from "../platform/system_errors.ts";
import { qrCodeHere } from "../invites/qr_code.ts";
import { invitation, type InvitePass, pageAddress, type Reach, sharedPassword } from "../invites/share.ts";
import { isPassphrase } from "../invites/passphrase.ts";

/** The open listeners of a server, with its certificate and its password. */
export interface Endpoints {
  readonly listeners: readonly Listener[];
  /** The addresses at which clients can connect. */
  readonly addresses: readonly string[];
  /** Changes with a renewed certificate. */
  reach: Reach;
  readonly certificate?: ServerCertificate;
  readonly password?: string;
  /** A line for the operator about proxies. */
  readonly note?: string;
}

/** Opens the listeners of a plan. Rejects with a failure, with no listener left open. */
export async function openEndpoints(plan: HostPlan, log: Log): Promise<Endpoints> {
  const { share, folder, listen } = plan;
  const certificate = await openCertificate(plan.certificate, hostsOf(plan), folder);
  const password = plan.password ?? (share ? sharedPassword(folder) : undefined);
  const listeners = await listenAll(listen, certificate, plan.proxies);
  await askDefaultRoute();
  const addresses = listeners.flatMap((listener) => reachable(listener.address));
  const reach = reachOfListeners(listeners, certificate);
  const control = folder === undefined ? undefined : await listenForOwner(folder, reach, log);
  if (control !== undefined) listeners.push(control);
  return { listeners, addresses, reach, certificate, password, note: proxyNote(plan) };
}

/** Says what TLS costs: Deno cannot read the header of the PROXY protocol before a handshake. */
function proxyNote({ proxies, certificate, listen }: HostPlan): string | undefined {
  if (proxies.isProxy === noProxy || certificate.kind === "none" || listen.tcp === undefined) return undefined;
  return "With TLS, proxies name their clients in HTTP headers only: the PROXY protocol needs a port without TLS.";
}

/** How others reach the server with a renewed certificate: for announcements, and invites that are created from now on. */
export function renewReach(endpoints: Endpoints, fingerprint: string, { folder }: HostPlan, log: Log): void {
  endpoints.reach = { ...endpoints.reach, fingerprint };
  try {
    if (folder !== undefined) keepReach(folder, endpoints.reach);
  } catch (error) {
    log("warn", "control socket failed", { path: folder, error: explain(error) });
  }
}

/** The hosts that a new certificate names, besides this machine. */
function hostsOf({ listen: { tcp } }: HostPlan): string[] {
  return tcp === undefined || isAnyAddress(tcp.host) ? [] : [tcp.host];
}

function reachOfListeners(listeners: readonly Listener[], certificate: ServerCertificate | undefined): Reach {
  return {
    addresses: listeners.map(({ address }) => address).filter((address) => parseAddress(address).kind === "tcp"),
    tls: certificate !== undefined,
    fingerprint: certificate?.fingerprint,
  };
}

/** Prints the addresses and, unless `quiet`, how others join. */
export function printAddresses(
  endpoints: Endpoints,
  metrics: Metrics | undefined,
  share: boolean,
  quiet: boolean,
): void {
  const lines = share && addressesNow(endpoints.reach.addresses).length > 0
    ? sharedLines(endpoints, quiet)
    : unsharedLines(endpoints, quiet);
  for (const line of lines) console.log(line);
  if (endpoints.note !== undefined && !quiet) console.log(endpoints.note);
  for (const url of metrics?.urls ?? []) console.log(`Metrics on ${url}`);
  if (metrics?.open && !quiet) {
    console.log("Anyone who can reach this address can read the metrics; they contain no messages and no names.");
  }
}

function sharedLines(endpoints: Endpoints, quiet: boolean): string[] {
  const { addresses, reach, password } = endpoints;
  const unix = addresses.filter((address) => parseAddress(address).kind === "unix");
  const listening = [addressesNow(reach.addresses)[0]!, ...unix].map(listeningOn);
  if (quiet) return [...listening, invitation(reach, passOf(password!))[0]!];
  return [...listening, ...invitationLines(endpoints)];
}

/** Lines and a QR code with the invite to a shared server. */
export function invitationLines({ reach, certificate, password }: Endpoints): string[] {
  const pass = passOf(password!);
  const lines = [...invitation(reach, pass), ...certificate!.notes];
  if (isWithoutNetwork(reach)) return [...NO_NETWORK, ...lines];
  return [...lines, ...qrCodeHere(pageAddress(reach, pass))];
}

/** Whether the server listens on all addresses of this machine, and the machine has none but loopback. */
function isWithoutNetwork({ addresses }: Reach): boolean {
  const listensOnAll = addresses.map(parseAddress).some((parsed) => parsed.kind === "tcp" && isAnyAddress(parsed.host));
  return listensOnAll && !addressesNow(addresses).some(isBeyondLoopback);
}

const NO_NETWORK = [
  "This machine is in no network, so only programs on this machine can join, as shown below.",
  `To let others in, connect it to a network, and then create an invite: ${programName()} invite`,
];

/** The server's password as a secret of an invite. */
function passOf(password: string): InvitePass {
  return { secret: password, words: isPassphrase(password) ? password : undefined };
}

function unsharedLines({ addresses, certificate }: Endpoints, quiet: boolean): string[] {
  const listening = addresses.map(listeningOn);
  if (quiet) return listening;
  const lines = [...listening, ...howToJoin(addresses, certificate !== undefined), ...certificate?.notes ?? []];
  if (certificate === undefined && addresses.some(isBeyondLoopback)) {
    lines.push("Nothing is encrypted: others on the network can read everything. To encrypt, use --share or --tls.");
  }
  return lines;
}

function listeningOn(address: string): string {
  return `Listening on ${address}`;
}
