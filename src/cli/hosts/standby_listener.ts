import { clearTimeout as clearTimer, setTimeout as setTimer } from "node:timers";
import { encodeResponse, textResponse } from "../../framing/http/http_response.ts";
import { signView } from "../../identity/host_signature.ts";
import { machineNetwork, parseNetwork } from "../../protocol/address/network.ts";
import { parseQuestion, type SignedView } from "../../protocol/hosts/candidate_answer.ts";
import type { SharedChat } from "../../protocol/hosts/roster_statement.ts";
import {
  LINGER_MS,
  MAX_STANDBY_CONNECTIONS,
  MAX_STANDBY_PER_ADDRESS,
  MAX_STANDBY_UNREAD_BYTES,
  STANDBY_ACCEPT_PAUSE_MS,
  STANDBY_PATIENCE_MS,
} from "../../protocol/limits.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Connection, Frame, Listener } from "../../transports/connection.ts";
import { listenTls } from "../../transports/tls_listener.ts";
import type { ServerCertificate } from "../hosting/server_certificate.ts";

/** The bounds of what strangers may use. */
export interface StandbyBounds {
  readonly connections: number;
  /** An IPv6 /64 counts as one address. */
  readonly perAddress: number;
  readonly patienceMs: number;
}

const BOUNDS: StandbyBounds = {
  connections: MAX_STANDBY_CONNECTIONS,
  perAddress: MAX_STANDBY_PER_ADDRESS,
  patienceMs: STANDBY_PATIENCE_MS,
};

/** The host that a stranger is sent to. */
export interface StandbyHost {
  readonly name: string;
  /** `host:port` */
  readonly address: string;
}

export interface StandbyOptions extends SharedChat {
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly certificate: ServerCertificate;
  readonly view: () => SignedView;
  /** Signs a text with the key of the view. */
  readonly sign: (text: string) => string;
  /** The host of the chat now; `undefined` while it has none. */
  readonly host: () => StandbyHost | undefined;
  /** Default: those of `src/protocol/limits.ts`. */
  readonly bounds?: StandbyBounds;
}

/**
 * The port of a candidate that does not host now. It answers `ask` with its signed view, and each other first line with a line that
 * says who hosts, and closes. Anybody can reach it, so each connection gets one answer and `STANDBY_PATIENCE_MS`, and there are limits
 * for all of them and for each address; a connection beyond them is closed at once. Deno 2.7 keeps the socket of a client that is closed
 * before its handshake until that client closes it.
 */
export class StandbyListener implements AsyncDisposable {
  readonly #options: StandbyOptions;
  readonly #listener: Listener;
  readonly #visits = new Set<Connection>();
  readonly #byAddress = new Map<bigint, number>();
  readonly #work = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #accepting: Promise<void>;

  /** Throws the errors of `Deno.listenTls`. */
  constructor(options: StandbyOptions) {
    this.#options = options;
    this.#listener = listenTls(options.hostname, options.port, options.certificate);
    this.#accepting = this.#accept();
  }

  /** The address for clients on this machine. */
  get address(): string {
    return this.#listener.address;
  }

  /** Open connections. */
  get size(): number {
    return this.#visits.size;
  }

  /** Closes the port and all connections. Resolves when all is released. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#listener.close();
    for (const connection of this.#visits) connection.close();
    await this.#accepting;
    await Promise.all(this.#work);
  }

  async #accept(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        const connection = await this.#listener.accept();
        if (connection === undefined) return;
        this.#enter(connection);
      } catch {
        // Too few descriptors, for example: those who wait are accepted later.
        await pause(STANDBY_ACCEPT_PAUSE_MS, this.#closing.signal);
      }
    }
  }

  #enter(connection: Connection): void {
    const { connections, perAddress } = this.#options.bounds ?? BOUNDS;
    const key = addressKey(connection.remoteAddress);
    const count = key === undefined ? 0 : this.#byAddress.get(key) ?? 0;
    if (this.#visits.size >= connections || count >= perAddress) return connection.close();
    if (key !== undefined) this.#byAddress.set(key, count + 1);
    this.#visits.add(connection);
    const work = this.#serve(connection).finally(() => {
      this.#work.delete(work);
      this.#leave(connection, key);
    });
    this.#work.add(work);
  }

  #leave(connection: Connection, key: bigint | undefined): void {
    connection.close();
    this.#visits.delete(connection);
    if (key === undefined) return;
    const left = this.#byAddress.get(key)! - 1;
    if (left > 0) this.#byAddress.set(key, left);
    else this.#byAddress.delete(key);
  }

  /** Never rejects. */
  async #serve(connection: Connection): Promise<void> {
    let timer = setTimer(() => connection.close(), this.#options.bounds?.patienceMs ?? STANDBY_PATIENCE_MS);
    try {
      await connection.handshake?.();
      const reader = connection.frames.getReader();
      const { value: [first] = [] } = await reader.read();
      if (first === undefined) return;
      await connection.write(this.#answer(first, connection.firstByte));
      await connection.end();
      clearTimer(timer);
      timer = setTimer(() => connection.close(), LINGER_MS);
      await drain(reader, connection);
    } catch {
      // The link is lost, or was closed here.
    } finally {
      clearTimer(timer);
    }
  }

  #answer(first: Frame, firstByte: number | undefined): Uint8Array {
    if (typeof first !== "string") return this.#refusal(firstByte === OPENING_BRACE);
    if (isRequest(first)) return this.#response(first);
    const nonce = nonceOf(first);
    if (nonce === undefined) return this.#refusal(firstByte === OPENING_BRACE);
    const { chat, chatKey, certificate, sign, view } = this.#options;
    return line(JSON.stringify(signView(sign, { chat, chatKey, nonce, tls: certificate.fingerprint }, view())));
  }

  /** As JSON for programs, and as it is for people. */
  #refusal(isJson: boolean): Uint8Array {
    const message = this.#sentence();
    return line(isJson ? JSON.stringify({ type: "error", code: "shutting_down", message }) : message);
  }

  #response(head: string): Uint8Array {
    return encodeResponse(textResponse(503, this.#sentence()), !head.startsWith("HEAD "));
  }

  #sentence(): string {
    const host = this.#options.host();
    if (host === undefined) return "This chat has no host now: try again in some seconds";
    return `This program does not host the chat now: ${quote(host.name)} does, at ${host.address}`;
  }
}

const [OPENING_BRACE] = new TextEncoder().encode("{");

function line(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\n`);
}

/** The head of a request ends its first line with the version: RFC 9112, section 3. */
function isRequest(frame: string): boolean {
  return / HTTP\/1\.\d(?:\r?\n|$)/.test(frame);
}

function nonceOf(text: string): string | undefined {
  try {
    return parseQuestion(text).nonce;
  } catch {
    return undefined;
  }
}

/** Reads until the other end has closed, so that the answer is not lost with unread bytes. Rejects if the link is lost. */
async function drain(reader: ReadableStreamDefaultReader<readonly Frame[]>, connection: Connection): Promise<void> {
  while (connection.receivedBytes < MAX_STANDBY_UNREAD_BYTES && !(await reader.read()).done);
}

function addressKey(address: string | undefined): bigint | undefined {
  const network = address === undefined ? undefined : parseNetwork(address);
  return network === undefined ? undefined : machineNetwork(network).start;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimer(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimer(timer));
}
