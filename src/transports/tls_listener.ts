import { type IsProxy, noProxy } from "../protocol/address/trusted_proxies.ts";
import { LISTEN_BACKLOG } from "../protocol/limits.ts";
import type { Connection, Listener } from "./connection.ts";
import { StreamListener } from "./stream_listener.ts";
import { formatTcp } from "./tcp.ts";
import { TlsConnection, type TlsKeyPair } from "./tls.ts";

/**
 * Listens with TLS 1.3 and 1.2, the versions of rustls. Accepts before the handshake, which proceeds by itself, so that a slow
 * or silent client delays no other. Port 0 lets the system choose. Throws the errors of `Deno.listenTls`. A proxy's header of
 * the PROXY protocol would come before the handshake, where Deno cannot read it: proxies are believed in HTTP only.
 */
export function listenTls(hostname: string, port: number, pair: TlsKeyPair, isProxy: IsProxy = noProxy): TlsListener {
  return new TlsListener({ hostname, port, isProxy }, pair);
}

/** The address of a listener, and the machines from which proxies connect. */
interface TlsPlace {
  readonly hostname: string;
  readonly port: number;
  readonly isProxy: IsProxy;
}

/** How often `replace` looks whether clients still wait to be accepted, and whether the port is free. */
const MAX_TURNS = 100;

/** A listener whose certificate can be replaced while it listens. */
export class TlsListener implements Listener {
  readonly address: string;
  readonly #place: TlsPlace;
  #current: StreamListener<Deno.TlsConn>;
  /** The call of `accept` in progress, and the number of those that have ended. */
  #accepting: Promise<unknown> = Promise.resolve();
  #accepted = 0;
  /** Resolves when the port listens again; set while `replace` has closed it. */
  #reopened: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(place: TlsPlace, pair: TlsKeyPair) {
    const listener = open(place, pair);
    this.#place = { ...place, port: listener.addr.port };
    this.address = formatTcp(place.hostname, listener.addr.port);
    this.#current = this.#wrap(listener, pair);
  }

  async accept(): Promise<Connection | undefined> {
    while (!this.#closed) {
      const accepting = this.#current.accept();
      this.#accepting = accepting.catch(() => {});
      const connection = await accepting.finally(() => this.#accepted++);
      if (connection !== undefined) return connection;
      await this.#reopened?.promise;
    }
    return undefined;
  }

  /**
   * Replaces the certificate for new connections; those that are accepted keep theirs. Deno cannot exchange it in an open
   * listener, so the port is closed for about a millisecond: clients that wait are accepted first, and one that
   * connects in between is refused or reset. `turn` resolves after a turn of the event loop. Not to be called again before it has
   * settled. Rejects with an error of `Deno.listenTls` if the pair is unusable, and then nothing has changed. Rejects with
   * `PortLost` if the port cannot be opened again: a later call may succeed.
   */
  async replace(pair: TlsKeyPair, turn: () => Promise<void>): Promise<void> {
    if (this.#closed) return;
    open({ ...this.#place, port: 0 }, pair).close();
    await this.#acceptWaiting(turn);
    this.#reopened ??= Promise.withResolvers();
    this.#current.close();
    await this.#accepting;
    const listener = await this.#reopen(pair, turn);
    if (listener !== undefined) this.#current = this.#wrap(listener, pair);
    this.#reopened.resolve();
    this.#reopened = undefined;
  }

  close(): void {
    this.#closed = true;
    this.#current.close();
    this.#reopened?.resolve();
  }

  /** Resolves after a turn in which no client was accepted. */
  async #acceptWaiting(turn: () => Promise<void>): Promise<void> {
    for (let turns = 0; turns < MAX_TURNS; turns++) {
      const before = this.#accepted;
      await turn();
      if (this.#accepted === before) return;
    }
  }

  /** The port stays in use for a moment after it was closed. Resolves with `undefined` if this listener was closed. */
  async #reopen(pair: TlsKeyPair, turn: () => Promise<void>): Promise<Deno.TlsListener | undefined> {
    for (let turns = 0; !this.#closed; turns++) {
      try {
        return open(this.#place, pair);
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse) || turns >= MAX_TURNS) {
          throw new PortLost(this.#place.port, error);
        }
      }
      await turn();
    }
    return undefined;
  }

  #wrap(listener: Deno.TlsListener, { fingerprint }: TlsKeyPair): StreamListener<Deno.TlsConn> {
    return new StreamListener(listener, this.address, (conn) => {
      return new AcceptedTlsConnection(conn, this.#place.isProxy(conn.remoteAddr.hostname), fingerprint);
    });
  }
}

/** The port of a listener was closed for a moment, and cannot be opened again. */
export class PortLost extends Error {
  override readonly name = "PortLost";

  constructor(port: number, cause: unknown) {
    super(`Port ${port} is closed and cannot be opened again`, { cause });
  }
}

function open({ hostname, port }: TlsPlace, { cert, key }: TlsKeyPair): Deno.TlsListener {
  return Deno.listenTls({ transport: "tcp", hostname, port, cert, key, tcpBacklog: LISTEN_BACKLOG });
}

/**
 * Deno has no `TCP_NODELAY` for accepted TLS connections, so a small write waits until the previous one is acknowledged. Linux
 * takes two segments of equal length, from 536 bytes on, for parts of a longer transfer and acknowledges them 40 ms late.
 * That delays messages of equal length: one more blank in the JSON avoids it.
 */
class AcceptedTlsConnection extends TlsConnection {
  readonly tls: string | undefined;
  #lastBytes = 0;

  constructor(conn: Deno.TlsConn, isProxy: boolean, fingerprint: string | undefined) {
    super(conn, isProxy);
    this.tls = fingerprint;
  }

  override write(chunk: Uint8Array): Promise<void> {
    // Other clients, such as browsers, get frames that contain their length: these cannot be lengthened.
    const isJsonLines = this.firstByte === OPENING_BRACE;
    const bytes = isJsonLines && chunk.length === this.#lastBytes ? lengthened(chunk) : chunk;
    this.#lastBytes = bytes.length;
    return super.write(bytes);
  }
}

/** Chunks are lengthened from this length on: the 536 bytes above, minus the overhead of TLS. */
const MIN_LENGTHENED_BYTES = 500;
const [OPENING_BRACE, BRACE, BLANK, LINE_FEED] = new TextEncoder().encode("{} \n");

/** Adds a blank before the end of the last line, if the chunk is long enough to matter and ends with JSON. */
function lengthened(chunk: Uint8Array): Uint8Array {
  const isJson = chunk.at(-2) === BRACE && chunk.at(-1) === LINE_FEED;
  if (!isJson || chunk.length < MIN_LENGTHENED_BYTES) return chunk;
  const longer = new Uint8Array(chunk.length + 1);
  longer.set(chunk);
  longer.set([BLANK!, LINE_FEED!], chunk.length - 1);
  return longer;
}
