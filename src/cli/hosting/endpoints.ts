import type { Log } from "../../server/monitor/log_events.ts";
import type { Listener } from "../../transports/connection.ts";
import { parseAddress } from "../args/address.ts";
import type { Arguments } from "../args/arguments.ts";
import { listenForOwner } from "./control_socket.ts";
import { chooseFolder } from "./data_folder.ts";
import { howToJoin, isAnyAddress, isBeyondLoopback, reachable } from "../invites/reachability.ts";
import { listenAll } from "./listen_all.ts";
import type { Metrics } from "./metrics_endpoint.ts";
import { chooseCertificate, type ServerCertificate } from "./server_certificate.ts";
import { qrCodeHere } from "../invites/qr_code.ts";
import { invitation, type InvitePass, pageAddress, type Reach, sharedPassword } from "../invites/share.ts";
import { isPassphrase } from "../invites/passphrase.ts";

/** The ways into a server, and what opens them. */
export interface Endpoints {
  readonly listeners: readonly Listener[];
  /** Where somebody finds them. */
  readonly addresses: readonly string[];
  readonly reach: Reach;
  readonly certificate?: ServerCertificate;
  readonly password?: string;
}

/** Rejects with a failure, and then nothing listens. */
export async function openEndpoints(args: Arguments, givenPassword: string | undefined, log: Log): Promise<Endpoints> {
  const share = args.flag("share");
  const folder = args.flag("memory") ? undefined : chooseFolder(args);
  const certificate = await chooseCertificate(args, hostsOf(args), share);
  const password = givenPassword ?? (share ? sharedPassword(folder) : undefined);
  const listeners = await listenAll(args, certificate);
  const addresses = listeners.flatMap((listener) => reachable(listener.address));
  const reach = reachOf(addresses, certificate);
  const control = folder === undefined ? undefined : await listenForOwner(folder, reach, log);
  if (control !== undefined) listeners.push(control);
  return { listeners, addresses, reach, certificate, password };
}

/** What a new certificate is to name beside this machine itself. */
function hostsOf(args: Arguments): string[] {
  const host = args.text("host");
  return host === undefined || isAnyAddress(host) ? [] : [host];
}

/** Others on the network have no use for loopback, but where there is nothing else this machine's own people have. */
function reachOf(addresses: readonly string[], certificate: ServerCertificate | undefined): Reach {
  const ports = addresses.filter((address) => {
    const parsed = parseAddress(address);
    return parsed.kind === "tcp" && !isAnyAddress(parsed.host);
  });
  const beyond = ports.filter(isBeyondLoopback);
  return {
    addresses: beyond.length > 0 ? beyond : ports,
    tls: certificate !== undefined,
    fingerprint: certificate?.fingerprint,
  };
}

/** Prints where the doors are, and unless `quiet`, what others do there. */
export function announce(doors: Endpoints, metrics: Metrics | undefined, share: boolean, quiet: boolean): void {
  const lines = share && doors.reach.addresses.length > 0 ? shared(doors, quiet) : unshared(doors, quiet);
  for (const line of lines) console.log(line);
  for (const url of metrics?.urls ?? []) console.log(`Metrics on ${url}`);
  if (metrics?.open && !quiet) {
    console.log("Anyone who can reach this address can read the metrics; they contain no messages and no names.");
  }
}

function shared(doors: Endpoints, quiet: boolean): string[] {
  const { addresses, reach, password } = doors;
  const unix = addresses.filter((address) => parseAddress(address).kind === "unix");
  const listening = [reach.addresses[0]!, ...unix].map(listeningOn);
  if (quiet) return [...listening, invitation(reach, passOf(password!))[0]!];
  return [...listening, ...howToCome(doors)];
}

/** Lines, and a QR code, for whoever invites others to a server that is shared. */
export function howToCome({ reach, certificate, password }: Endpoints): string[] {
  const pass = passOf(password!);
  return [...invitation(reach, pass), ...certificate!.notes, ...qrCodeHere(pageAddress(reach, pass))];
}

/** What lets in whoever knows the server's password. */
function passOf(password: string): InvitePass {
  return { secret: password, words: isPassphrase(password) ? password : undefined };
}

function unshared({ addresses, certificate }: Endpoints, quiet: boolean): string[] {
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
