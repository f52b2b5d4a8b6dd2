import { Untrusted } from "../../client/link/dial.ts";
import type { Endpoint } from "../../protocol/address/endpoint.ts";
import type { Connection } from "../../transports/connection.ts";
import { formatTcp } from "../../transports/tcp.ts";
import { dialTls, lookAtCertificate, TlsFault } from "../../transports/tls.ts";
import { type Certificate, formatFingerprint, readCertificate, trusted } from "../hosting/certificate.ts";
import type { KnownServer, KnownServers } from "./known_servers.ts";

/** By what a server is trusted. */
export interface TlsTrust {
  /** Of the only certificate to accept, from an invite: what was remembered gives way to it. */
  readonly fingerprint?: string;
  /** Of the certificate to expect at a first meeting, as it was announced. What was remembered stands above it. */
  readonly announced?: string;
  readonly servers: KnownServers;
  /** Takes a line for people when a server is met for the first time. */
  readonly tell: (line: string) => void;
}

type TlsDialOptions = Endpoint & TlsTrust;

/**
 * Dials a server that speaks TLS and trusts it by an invite's fingerprint, by an authority of this machine, or because it is
 * the one that was met first. Nothing of ours is sent before. Rejects with `Untrusted` where its certificate is another one,
 * or as `dialTls` does.
 */
export async function dialTrusted(options: TlsDialOptions, signal?: AbortSignal): Promise<Connection> {
  const { host, port, fingerprint, servers } = options;
  const server = serverName(options);
  const known = servers.find(server);
  const accepted = fingerprint === undefined || known?.certificate.fingerprint === fingerprint ? known : undefined;
  try {
    const connection = await unlessCertificate(
      accepted === undefined ? undefined : dialPinned(options, accepted.certificate, signal),
    ) ?? await unlessCertificate(fingerprint === undefined ? dialTls(host, port, { signal }) : undefined);
    return connection ?? await meet(options, known, signal);
  } catch (error) {
    if (known !== undefined && error instanceof TlsFault && error.kind === "no_tls") throw unencrypted(options, known);
    throw error;
  }
}

/** No server takes longer to show its certificate. */
const LOOK_MS = 5_000;

/** Whether TLS is to be spoken there: whoever once spoke it has to go on. Undefined where that cannot be told. Never rejects. */
export async function speaksTls(endpoint: Endpoint, servers: KnownServers): Promise<boolean | undefined> {
  try {
    if (servers.find(serverName(endpoint)) !== undefined) return true;
    await lookAtCertificate(endpoint.host, endpoint.port, AbortSignal.timeout(LOOK_MS));
    return true;
  } catch (error) {
    return error instanceof TlsFault && error.kind === "no_tls" ? false : undefined;
  }
}

/** As `known_servers` and people call it. */
export function serverName({ host, port }: Endpoint): string {
  return formatTcp(host.toLowerCase(), port);
}

/** Undefined where the certificate is none to trust by these means. */
async function unlessCertificate(
  dialing: Promise<Connection | undefined> | undefined,
): Promise<Connection | undefined> {
  try {
    return await dialing;
  } catch (error) {
    if (error instanceof TlsFault && error.kind === "certificate") return undefined;
    throw error;
  }
}

/** Looks at the certificate, and connects with it if it is one to accept. */
async function meet(
  options: TlsDialOptions,
  known: KnownServer | undefined,
  signal?: AbortSignal,
): Promise<Connection> {
  const { host, port, fingerprint, announced, servers, tell } = options;
  const shown = readCertificate(await lookAtCertificate(host, port, signal));
  if (fingerprint !== undefined && shown.fingerprint !== fingerprint) throw notInvited(options, shown);
  if (fingerprint === undefined && known !== undefined) throw changed(options, known, shown);
  if (shown.fingerprint !== (fingerprint ?? announced ?? shown.fingerprint)) throw notAnnounced(options, shown);
  const connection = await unlessCertificate(dialPinned(options, shown, signal));
  if (connection === undefined) throw unusable(options, shown);
  try {
    servers.keep(serverName(options), { certificate: shown, since: new Date().toISOString() });
  } catch (error) {
    connection.close();
    throw error;
  }
  if (fingerprint === undefined) tell(firstMeeting(options, shown));
  return connection;
}

async function dialPinned(
  { host, port }: TlsDialOptions,
  certificate: Certificate,
  signal?: AbortSignal,
): Promise<Connection | undefined> {
  const trust = trusted(certificate);
  return trust === undefined ? undefined : await dialTls(host, port, { trusted: trust, signal });
}

function firstMeeting(options: TlsDialOptions, shown: Certificate): string {
  const { path } = options.servers;
  const kept = path === undefined ? "until this ends" : `in ${path}`;
  return `First time at ${serverName(options)}: its certificate is ${formatFingerprint(shown.fingerprint)}, ` +
    `which is remembered ${kept}; the server prints the same, if nobody is in between`;
}

/** Tells a person how to accept a server as it is now. */
function forgetting(options: TlsDialOptions): string {
  const { path } = options.servers;
  return path === undefined ? "start again to accept it" : `remove the line of ${serverName(options)} from ${path}`;
}

function unencrypted(options: TlsDialOptions, known: KnownServer): Untrusted {
  return new Untrusted(
    `${
      serverName(options)
    } speaks no TLS, and did since ${known.since}: nothing was sent. Somebody may be in between: ` +
      `ask whoever runs the server, and only if they changed it, ${forgetting(options)}`,
  );
}

function changed(options: TlsDialOptions, known: KnownServer, shown: Certificate): Untrusted {
  const server = serverName(options);
  const was = formatFingerprint(known.certificate.fingerprint);
  return new Untrusted(
    `The certificate of ${server} has changed, and nothing was sent: it is ${formatFingerprint(shown.fingerprint)}, ` +
      `and was ${was} since ${known.since}. Somebody may be in between: ask whoever runs the server, ` +
      `and only if they changed it, ${forgetting(options)}`,
  );
}

function notInvited(options: TlsDialOptions, shown: Certificate): Untrusted {
  return new Untrusted(
    `The certificate of ${serverName(options)} is not the invite's, and nothing was sent: ` +
      `it is ${formatFingerprint(shown.fingerprint)}, and the invite has ${formatFingerprint(options.fingerprint!)}. ` +
      "Somebody may be in between, or the invite is old: ask for a new one",
  );
}

function notAnnounced(options: TlsDialOptions, shown: Certificate): Untrusted {
  return new Untrusted(
    `The certificate of ${
      serverName(options)
    } is not the one that was announced on the network, and nothing was sent: ` +
      `it is ${formatFingerprint(shown.fingerprint)}, and ${formatFingerprint(options.announced!)} was announced. ` +
      "Somebody may be in between: ask whoever runs the server for an invite",
  );
}

/** It was shown a moment ago. */
function unusable(options: TlsDialOptions, shown: Certificate): Untrusted {
  return new Untrusted(
    `The certificate ${formatFingerprint(shown.fingerprint)} of ${
      serverName(options)
    } cannot be relied on, and nothing ` +
      "was sent: it is out of date, signed by an authority that this machine does not know, or not the server's own",
  );
}
