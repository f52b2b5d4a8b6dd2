import { Untrusted } from "../../client/link/dial.ts";
import type { Endpoint } from "../../protocol/address/endpoint.ts";
import type { StreamConnection } from "../../transports/stream_connection.ts";
import { formatTcp } from "../../transports/tcp.ts";
import { dialTls, lookAtCertificate, TlsFault } from "../../transports/tls.ts";
import { type Certificate, formatFingerprint, readCertificate, trusted } from "../hosting/certificate.ts";
import type { KnownServer, KnownServers } from "./known_servers.ts";

/** The grounds on which a server is trusted. */
export interface TlsTrust {
  /** Fingerprint of the only certificate to accept, from an invite. It overrides the remembered certificate. */
  readonly fingerprint?: string;
  /**
   * Announced fingerprint of the certificate, for the first connection. A remembered certificate
   * overrides it.
   */
  readonly announced?: string;
  /**
   * The server at the address that the user gave, if another one of its chat is dialed. All of them have the same certificate, or
   * an authority vouches for each: a certificate is never accepted because it is that of the first connection.
   */
  readonly home?: Endpoint | undefined;
  readonly servers: KnownServers;
  /** Shows a line to the user at the first connection to a server. */
  readonly notify: (line: string) => void;
}

type TlsDialOptions = Endpoint & TlsTrust;

/**
 * Dials a TLS server and trusts it by the fingerprint of an invite, by an authority that this
 * machine trusts, or because its certificate is that of the first connection. Nothing is sent
 * before the server is trusted. Rejects with `Untrusted` if the certificate differs, or as
 * `dialTls` does.
 */
export async function dialTrusted(options: TlsDialOptions, signal?: AbortSignal): Promise<StreamConnection> {
  const { host, port, fingerprint, servers } = options;
  const server = keptName(options);
  const known = servers.find(server);
  const accepted = fingerprint === undefined || known?.certificate.fingerprint === fingerprint ? known : undefined;
  try {
    const connection = await unlessCertificate(
      accepted === undefined ? undefined : dialPinned(options, accepted.certificate, signal),
    ) ?? await unlessCertificate(fingerprint === undefined ? dialTls(host, port, { signal }) : undefined);
    return connection ?? await connectFirst(options, known, signal);
  } catch (error) {
    if (known !== undefined && error instanceof TlsFault && error.kind === "no_tls") throw unencrypted(options, known);
    throw error;
  }
}

/** A connection, and the fingerprint of the certificate on it. */
export interface SeenConnection {
  readonly connection: StreamConnection;
  readonly fingerprint: string;
}

/**
 * Dials a host of a shared chat, which proves on the connection that the certificate is its own. Until then any certificate is
 * accepted, or with `fingerprint` only this one. Rejects as `dialTrusted` does.
 */
export async function dialHost(
  { host, port, fingerprint }: Endpoint & { readonly fingerprint?: string | undefined },
  signal?: AbortSignal,
): Promise<SeenConnection> {
  const shown = readCertificate(await lookAtCertificate(host, port, signal));
  const isOther = fingerprint !== undefined && shown.fingerprint !== fingerprint;
  const connection = isOther ? undefined : await unlessCertificate(dialPinned({ host, port }, shown, signal));
  if (connection === undefined) throw untrusted({ host, port }, shown);
  return { connection, fingerprint: shown.fingerprint };
}

/** How long a server may take to show its certificate. */
const LOOK_MS = 5_000;

/**
 * Whether the server must use TLS: one that used it before must keep using it. `undefined` if
 * unknown. Never rejects.
 */
export async function speaksTls(endpoint: Endpoint, servers: KnownServers): Promise<boolean | undefined> {
  try {
    if (servers.find(serverName(endpoint)) !== undefined) return true;
    await lookAtCertificate(endpoint.host, endpoint.port, AbortSignal.timeout(LOOK_MS));
    return true;
  } catch (error) {
    return error instanceof TlsFault && error.kind === "no_tls" ? false : undefined;
  }
}

/** The server's name in `known_servers` and in messages: `host:port` in lower case. */
export function serverName({ host, port }: Endpoint): string {
  return formatTcp(host.toLowerCase(), port);
}

/** The name under which the certificate is kept: one for all servers of a chat. */
function keptName({ home, ...endpoint }: TlsDialOptions): string {
  return serverName(home ?? endpoint);
}

/** Resolves with `undefined` if `dialing` fails because the certificate is not trusted. */
async function unlessCertificate(
  dialing: Promise<StreamConnection | undefined> | undefined,
): Promise<StreamConnection | undefined> {
  try {
    return await dialing;
  } catch (error) {
    if (error instanceof TlsFault && error.kind === "certificate") return undefined;
    throw error;
  }
}

/** Fetches the certificate, decides whether to accept it, and connects with it. */
async function connectFirst(
  options: TlsDialOptions,
  known: KnownServer | undefined,
  signal?: AbortSignal,
): Promise<StreamConnection> {
  const { host, port, fingerprint, announced, home, servers, notify } = options;
  const shown = readCertificate(await lookAtCertificate(host, port, signal));
  if (fingerprint !== undefined && shown.fingerprint !== fingerprint) throw notInvited(options, shown);
  if (fingerprint === undefined && home !== undefined) throw untrusted(options, shown);
  if (fingerprint === undefined && known !== undefined) throw changed(options, known, shown);
  if (shown.fingerprint !== (fingerprint ?? announced ?? shown.fingerprint)) throw notAnnounced(options, shown);
  const connection = await unlessCertificate(dialPinned(options, shown, signal));
  if (connection === undefined) throw untrusted(options, shown);
  try {
    servers.keep(keptName(options), { certificate: shown, since: new Date().toISOString() });
  } catch (error) {
    connection.close();
    throw error;
  }
  if (fingerprint === undefined) notify(firstConnection(options, shown));
  return connection;
}

async function dialPinned(
  { host, port }: Endpoint,
  certificate: Certificate,
  signal?: AbortSignal,
): Promise<StreamConnection | undefined> {
  const trust = trusted(certificate);
  return trust === undefined ? undefined : await dialTls(host, port, { trusted: trust, signal });
}

function firstConnection(options: TlsDialOptions, shown: Certificate): string {
  const { path } = options.servers;
  const kept = path === undefined ? "until this program ends" : `in ${path}`;
  return `First connection to ${serverName(options)}: its certificate is ${formatFingerprint(shown.fingerprint)}, ` +
    `remembered ${kept}; compare it with the one that the server prints`;
}

/** How the user accepts the server as it is now. */
function acceptance(options: TlsDialOptions): string {
  const { path } = options.servers;
  return path === undefined ? "start again to accept it" : `remove the line of ${keptName(options)} from ${path}`;
}

const INTERCEPTED = "The connection may be intercepted: ask the operator of the server";

function unencrypted(options: TlsDialOptions, known: KnownServer): Untrusted {
  return new Untrusted(
    `${serverName(options)} does not use TLS, but did since ${known.since}; nothing was sent. ` +
      `${INTERCEPTED}, and only if they changed it, ${acceptance(options)}`,
  );
}

function changed(options: TlsDialOptions, known: KnownServer, shown: Certificate): Untrusted {
  const was = formatFingerprint(known.certificate.fingerprint);
  return new Untrusted(
    `The certificate of ${serverName(options)} has changed; nothing was sent. ` +
      `It is ${formatFingerprint(shown.fingerprint)}, and was ${was} since ${known.since}. ` +
      `${INTERCEPTED}, and only if they changed it, ${acceptance(options)}`,
  );
}

function notInvited(options: TlsDialOptions, shown: Certificate): Untrusted {
  return new Untrusted(
    `The certificate of ${serverName(options)} does not match the invite; nothing was sent. ` +
      `It is ${formatFingerprint(shown.fingerprint)}, and the invite has ${formatFingerprint(options.fingerprint!)}. ` +
      "The connection may be intercepted, or the invite is old: ask for a new one",
  );
}

function notAnnounced(options: TlsDialOptions, shown: Certificate): Untrusted {
  return new Untrusted(
    `The certificate of ${serverName(options)} is not the one announced on the network; nothing was sent. ` +
      `It is ${formatFingerprint(shown.fingerprint)}, and ${formatFingerprint(options.announced!)} was announced. ` +
      `${INTERCEPTED} for an invite`,
  );
}

function untrusted(options: Endpoint, shown: Certificate): Untrusted {
  return new Untrusted(
    `The certificate ${formatFingerprint(shown.fingerprint)} of ${serverName(options)} is not trusted; nothing was ` +
      "sent. It has expired, is signed by an unknown authority, or belongs to another server: " +
      "ask the operator of the server to replace it",
  );
}
