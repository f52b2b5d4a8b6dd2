import { forwardedClient, isForwarded } from "../../framing/http/forwarded.ts";
import { type HttpRequest, parseRequest } from "../../framing/http/http_request.ts";
import { type HttpResponse, textResponse } from "../../framing/http/http_response.ts";
import type { ProxyHeader } from "../../framing/proxy/proxy_header.ts";
import { formatEndpoint } from "../../protocol/address/endpoint.ts";
import { isLoopback, parseNetwork } from "../../protocol/address/network.ts";
import type { IsProxy } from "../../protocol/address/trusted_proxies.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import { LINGER_MS } from "../../protocol/limits.ts";
import type { Log } from "../monitor/log_events.ts";
import type { ThrottledLog } from "../monitor/throttled_log.ts";
import type { AcceptedConnection } from "./accepted_connection.ts";

export interface SourceFinderOptions {
  readonly log: Log;
  readonly throttled: ThrottledLog;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  readonly isProxy: IsProxy;
  /** Counts the connection for its source, which is final. Returns the error if it is refused. */
  readonly identify: (connection: AcceptedConnection) => ProtocolError | undefined;
}

/**
 * Finds out who a connection is from, once for each. A trusted proxy names its client by a header of the PROXY protocol or
 * in the head of a request; what anyone else says about that is ignored.
 */
export class SourceFinder {
  readonly #options: SourceFinderOptions;
  /** Hints that are in the log already. */
  readonly #given = new Set<string>();

  constructor(options: SourceFinderOptions) {
    this.#options = options;
  }

  /** Takes the source from the header of a proxy. Returns false if the connection is refused, and ends. */
  takeHeader(connection: AcceptedConnection, { source }: ProxyHeader): boolean {
    const error = connection.sourceIsFinal ? TOO_LATE : source;
    if (error instanceof ProtocolError) {
      const { peer } = connection.source;
      this.#options.throttled.log(this.#options.monotonic(), "warn", "proxy refused", { peer, error: error.message });
      return refuse(connection, error);
    }
    if (error === undefined) return this.settle(connection);
    const { host } = error;
    connection.source = { peer: formatEndpoint(error), remoteAddress: host };
    // Another proxy: the head of a request may name its client.
    return this.#options.isProxy(host) || this.settle(connection);
  }

  /** Makes the source final, if it is not yet. Returns false if the connection is refused, and ends. */
  settle(connection: AcceptedConnection): boolean {
    if (connection.sourceIsFinal) return true;
    const refusal = this.#options.identify(connection);
    return refusal === undefined || refuse(connection, refusal);
  }

  /** Takes the source from the head of a request, if it comes from a proxy. Returns the response if it is refused. */
  settleRequest(connection: AcceptedConnection, head: string): HttpResponse | undefined {
    if (connection.sourceIsFinal) return void this.#noticeProxy(connection, head);
    const request = parseRequest(head);
    const { address, error } = request === undefined ? {} : forwardedClient(request, this.#options.isProxy);
    if (error !== undefined) return this.#refuseRequest(connection, error);
    if (request !== undefined && !isForwarded(request)) this.#give(connection, NAMELESS);
    if (address !== undefined) connection.source = { peer: address, remoteAddress: address };
    const refusal = this.#options.identify(connection);
    return refusal && tooMany(refusal);
  }

  #refuseRequest(connection: AcceptedConnection, error: string): HttpResponse {
    const { peer } = connection.source;
    this.#options.throttled.log(this.#options.monotonic(), "warn", "proxy refused", { peer, error });
    this.#options.identify(connection);
    return textResponse(400, `${error}: let the proxy remove the header that it does not set itself`);
  }

  /** Tells the operator of a proxy on this machine that is not trusted. */
  #noticeProxy(connection: AcceptedConnection, head: string): void {
    const { link, source: { remoteAddress } } = connection;
    if (link.isProxy || !isThisMachine(remoteAddress) || !FORWARDED_HEAD.test(head)) return;
    const request: HttpRequest | undefined = parseRequest(head);
    if (request === undefined || !isForwarded(request)) return;
    const option = remoteAddress === undefined ? "unix" : remoteAddress;
    this.#give(connection, `trust it with --proxy ${option}, so that limits and bans see the addresses of its clients`);
  }

  /** Logs each hint once. */
  #give(connection: AcceptedConnection, hint: string): void {
    if (this.#given.has(hint)) return;
    this.#given.add(hint);
    this.#options.log("warn", "proxy noticed", { peer: connection.source.peer, hint });
  }
}

const TOO_LATE = new ProtocolError("bad_frame", "The header of the PROXY protocol came too late");
const NAMELESS = "a request from the address of a proxy names no client: unless it was a program of your own, " +
  "let the proxy send X-Forwarded-For or Forwarded";
/** Says at a glance that a head has neither header. */
const FORWARDED_HEAD = /forwarded/i;

function isThisMachine(address: string | undefined): boolean {
  const network = address === undefined ? undefined : parseNetwork(address);
  return address === undefined || (network !== undefined && isLoopback(network));
}

function refuse(connection: AcceptedConnection, error: ProtocolError): false {
  connection.sendRefusal(error);
  connection.finish(LINGER_MS);
  return false;
}

function tooMany({ message, details: { retryAfter = 0 } }: ProtocolError): HttpResponse {
  return textResponse(429, message, { "Retry-After": String(retryAfter) });
}
