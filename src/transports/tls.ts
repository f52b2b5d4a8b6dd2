import { connect, type TLSSocket } from "node:tls";
import { withoutZone } from "../protocol/address/network.ts";
import { StreamConnection } from "./stream_connection.ts";
import { connectTcp, tcpPeer } from "./tcp.ts";
import { openZoneRelay } from "./zone_relay.ts";

/** Both in PEM. */
export interface TlsKeyPair {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, as in invites. */
  readonly fingerprint?: string;
}

/** A connection with TLS, of either end. */
export class TlsConnection extends StreamConnection {
  readonly #conn: Deno.TlsConn;

  constructor(conn: Deno.TlsConn, isProxy = false) {
    super(conn, { ...tcpPeer(conn), isProxy });
    this.#conn = conn;
  }

  handshake(): Promise<unknown> {
    return this.#conn.handshake();
  }
}

/** A self-signed certificate, which is trusted by itself, or one that is trusted only where its authority is. */
export interface TrustedCertificate {
  readonly pem: string;
  /** One of the names in the certificate, for the check of the name. It may differ from the dialed one. */
  readonly name: string;
}

export interface DialTlsOptions {
  /**
   * The certificate to trust, besides those that this machine's authorities sign for its name.
   * Absent: certificates of this machine's authorities for the dialed host.
   */
  readonly trusted?: TrustedCertificate;
  readonly signal?: AbortSignal;
}

/**
 * Resolves after the handshake, in which the server has proved that it holds the key of its certificate. Rejects with a
 * `TlsFault`, with the errors of `Deno.connect`, or with the signal's reason.
 */
export async function dialTls(hostname: string, port: number, options: DialTlsOptions = {}): Promise<StreamConnection> {
  const { trusted, signal } = options;
  const tcp = await connectTcp(hostname, port, signal);
  let connection: TlsConnection | undefined;
  const giveUp = () => connection?.close();
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    tcp.setNoDelay(true);
    tcp.setKeepAlive(true);
    const caCerts = trusted === undefined ? [] : [trusted.pem];
    const name = trusted?.name ?? withoutZone(hostname);
    connection = new TlsConnection(await Deno.startTls(tcp, { hostname: name, caCerts }));
    signal?.throwIfAborted();
    await connection.handshake();
    return connection;
  } catch (error) {
    if (connection === undefined) closeQuietly(tcp);
    else connection.close();
    signal?.throwIfAborted();
    throw faultOf(error);
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // `startTls` has closed it already.
  }
}

/** TLS with a server failed: its certificate is not trusted, it does not use TLS, or the handshake broke off. */
export class TlsFault extends Error {
  override readonly name = "TlsFault";
  readonly kind: "certificate" | "no_tls" | "broken";

  constructor(kind: TlsFault["kind"], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.kind = kind;
  }
}

function faultOf(error: unknown): TlsFault {
  const message = error instanceof Error ? error.message : String(error);
  if (/invalid peer certificate|invalid hostname/i.test(message)) return new TlsFault("certificate", error);
  // The server answered the handshake with something other than TLS.
  if (/InvalidContentType|wrong version number/i.test(message)) return new TlsFault("no_tls", error);
  return new TlsFault("broken", error);
}

/**
 * Resolves with the certificate that a server shows, in DER. It proves nothing: any server can copy it, and with
 * `rejectUnauthorized: false` Deno 2.7 does not check that the server has its key. `dialTls` with that certificate does.
 * Sends only a handshake. Rejects as `dialTls` does.
 */
export async function lookAtCertificate(hostname: string, port: number, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  using relay = hostname.includes("%") ? await openZoneRelay(hostname, port, signal) : undefined;
  const socket = connect({ host: relay?.hostname ?? hostname, port: relay?.port ?? port, rejectUnauthorized: false });
  const givenUp = Promise.withResolvers<never>();
  const giveUp = () => givenUp.reject(signal!.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([certificateOf(socket), givenUp.promise]);
  } catch (error) {
    socket.unref();
    throw signal?.aborted ? error : connectErrorOf(error) ?? faultOf(error);
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** The error of `Deno.connect` in place of that of `node:net`; `undefined` if the connection was open. */
function connectErrorOf(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  if (code === "ECONNREFUSED") return new Deno.errors.ConnectionRefused(error.message, { cause: error });
  if (syscall === "getaddrinfo") return new Error(`failed to lookup address information: ${error.message}`);
  return syscall === "connect" ? error : undefined;
}

/**
 * Settles when the socket is closed, which happens as soon as its certificate has arrived. Deno 2.7 keeps a link open that is
 * destroyed earlier, and reports a failed handshake as `secureConnect` too.
 */
function certificateOf(socket: TLSSocket): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let certificate: Uint8Array | undefined;
    let failure: Error | undefined;
    socket.once("secureConnect", () => {
      certificate = socket.getPeerCertificate()?.raw;
      if (certificate !== undefined) socket.destroy();
    });
    socket.on("error", (error: Error) => failure ??= error);
    socket.once("close", () => {
      if (certificate !== undefined) resolve(Uint8Array.from(certificate));
      else reject(failure ?? new Error("Closed during the handshake"));
    });
  });
}
