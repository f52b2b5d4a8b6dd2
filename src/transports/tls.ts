import { connect, type TLSSocket } from "node:tls";
import { LISTEN_BACKLOG } from "../protocol/limits.ts";
import type { Connection, Listener } from "./connection.ts";
import { StreamConnection } from "./stream_connection.ts";
import { StreamListener } from "./stream_listener.ts";
import { formatTcp, tcpPeer } from "./tcp.ts";

/** Both in PEM. */
export interface TlsKeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * TLS 1.3 and 1.2, the versions that rustls has. Accepts before the handshake, which goes on by itself, so that nobody waits
 * for a client that is slow or silent. Port 0 lets the system choose. Throws what `Deno.listenTls` throws.
 */
export function listenTls(hostname: string, port: number, { cert, key }: TlsKeyPair): Listener {
  const listener = Deno.listenTls({ transport: "tcp", hostname, port, cert, key, tcpBacklog: LISTEN_BACKLOG });
  return new StreamListener(
    listener,
    formatTcp(hostname, listener.addr.port),
    (conn) => new AcceptedTlsConnection(conn),
  );
}

class TlsConnection extends StreamConnection {
  readonly #conn: Deno.TlsConn;

  constructor(conn: Deno.TlsConn) {
    super(conn, tcpPeer(conn.remoteAddr));
    this.#conn = conn;
  }

  handshake(): Promise<unknown> {
    return this.#conn.handshake();
  }
}

/**
 * Deno has no `TCP_NODELAY` for TLS that it accepts, so a small write waits until the one before is acknowledged. Linux takes
 * two segments of one length, if it is no less than 536 bytes, for parts of something longer and acknowledges them 40 ms late,
 * and so do messages that are all of a length come: one blank more in the JSON, and it does so at once.
 */
class AcceptedTlsConnection extends TlsConnection {
  #lastBytes = 0;

  override write(chunk: Uint8Array): Promise<void> {
    // To whoever began with anything else, as browsers do, go frames whose length is told in them.
    const isJsonLines = this.firstByte === OPENING_BRACE;
    const bytes = isJsonLines && chunk.length === this.#lastBytes ? lengthened(chunk) : chunk;
    this.#lastBytes = bytes.length;
    return super.write(bytes);
  }
}

/** Without what TLS adds. */
const MIN_LENGTHENED_BYTES = 500;
const [OPENING_BRACE, BRACE, BLANK, LINE_FEED] = new TextEncoder().encode("{} \n");

/** With a blank before its last line's end, where it is long enough to matter and ends with JSON. */
function lengthened(chunk: Uint8Array): Uint8Array {
  const isJson = chunk.at(-2) === BRACE && chunk.at(-1) === LINE_FEED;
  if (!isJson || chunk.length < MIN_LENGTHENED_BYTES) return chunk;
  const longer = new Uint8Array(chunk.length + 1);
  longer.set(chunk);
  longer.set([BLANK!, LINE_FEED!], chunk.length - 1);
  return longer;
}

/** A certificate that is trusted as it is, whoever signed it. */
export interface TrustedCertificate {
  readonly pem: string;
  /** One of the names in it, by which it is looked for: not necessarily the one that is dialed. */
  readonly name: string;
}

export interface DialTlsOptions {
  /** The only certificate to trust; without it that of an authority of this machine for the host that is dialed. */
  readonly trusted?: TrustedCertificate;
  readonly signal?: AbortSignal;
}

/**
 * Resolves after the handshake, in which the server has proved that it holds the key of its certificate. Rejects with a
 * `TlsFault`, with what `Deno.connect` rejects with, or with the signal's reason.
 */
export async function dialTls(hostname: string, port: number, options: DialTlsOptions = {}): Promise<Connection> {
  const { trusted, signal } = options;
  const tcp = await Deno.connect({ transport: "tcp", hostname, port, signal });
  tcp.setNoDelay(true);
  tcp.setKeepAlive(true);
  const caCerts = trusted === undefined ? [] : [trusted.pem];
  const conn = await Deno.startTls(tcp, { hostname: trusted?.name ?? hostname, caCerts });
  const connection = new TlsConnection(conn);
  const giveUp = () => connection.close();
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    await connection.handshake();
    return connection;
  } catch (error) {
    connection.close();
    signal?.throwIfAborted();
    throw faultOf(error);
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Why there is no TLS with a server: its certificate is none to trust, it speaks none, or it broke off. */
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
  if (/invalid peer certificate/i.test(message)) return new TlsFault("certificate", error);
  // What answers a handshake with anything else is no TLS.
  if (/InvalidContentType|wrong version number/i.test(message)) return new TlsFault("no_tls", error);
  return new TlsFault("broken", error);
}

/**
 * The certificate in DER that a server shows. It proves nothing: anybody can show it who has seen it, and with
 * `rejectUnauthorized: false` Deno 2.7 does not check that the server has its key. `dialTls` with it makes sure.
 * Sends no more than a handshake. Rejects as `dialTls` does.
 */
export async function lookAtCertificate(hostname: string, port: number, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const socket = connect({ host: hostname, port, rejectUnauthorized: false });
  const givenUp = Promise.withResolvers<never>();
  const giveUp = () => givenUp.reject(signal!.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([certificateOf(socket), givenUp.promise]);
  } catch (error) {
    socket.unref();
    throw signal?.aborted ? error : faultOf(error);
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/**
 * Settles when the socket is closed, which happens as soon as its certificate is here. Deno 2.7 keeps a link open that is
 * destroyed earlier, and there a handshake that fails is `secureConnect`, too.
 */
function certificateOf(socket: TLSSocket): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let certificate: Uint8Array | undefined;
    let fault: Error | undefined;
    socket.once("secureConnect", () => {
      certificate = socket.getPeerCertificate()?.raw;
      if (certificate !== undefined) socket.destroy();
    });
    socket.on("error", (error: Error) => fault ??= error);
    socket.once("close", () => {
      if (certificate !== undefined) resolve(Uint8Array.from(certificate));
      else reject(fault ?? new Error("Closed during the handshake"));
    });
  });
}
