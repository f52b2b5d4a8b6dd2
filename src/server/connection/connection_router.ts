import { formatEndpoint } from "../../protocol/address/endpoint.ts";
import { type IsProxy, noProxy } from "../../protocol/address/trusted_proxies.ts";
import type { ProtocolError } from "../../protocol/errors.ts";
import type { HttpResponse } from "../../framing/http/http_response.ts";
import type { Codec } from "../../framing/codec.ts";
import { detectDialect, withoutMark } from "../../framing/dialect.ts";
import { JSON_LINES } from "../../framing/json_lines.ts";
import { PlainText } from "../../framing/plain/plain_text.ts";
import { WebSocketJson } from "../../framing/websocket/websocket.ts";
import {
  FIRST_BYTES_WAIT_MS,
  LINGER_MS,
  MAX_PAGE_VISITORS,
  PROXY_HEADER_WAIT_MS,
  SPARE_CONNECTIONS_MS,
  TLS_HANDSHAKE_TIMEOUT_MS,
} from "../../protocol/limits.ts";
import type { Frame } from "../../transports/connection.ts";
import { CopyConnection } from "../copies/copy_connection.ts";
import type { CopyDesk } from "../copies/copy_desk.ts";
import type { Log } from "../monitor/log_events.ts";
import type { MediaCounts } from "../monitor/statistics.ts";
import { ThrottledLog } from "../monitor/throttled_log.ts";
import type { RefusedName } from "../refused_name.ts";
import { MediaConnection } from "../calls/media_connection.ts";
import type { CallRelay } from "../calls/call_relay.ts";
import type { HttpExchange, SocketUse } from "../web_exchange.ts";
import { LinkConnection } from "../links/link_connection.ts";
import type { ServerLinks } from "../links/server_links.ts";
import { isForFile } from "../transfers/file_connection.ts";
import type { FileHost } from "../transfers/transfer_parts.ts";
import type { TransferService } from "../transfers/transfer_service.ts";
import type { AcceptedConnection, ConnectionOwner } from "./accepted_connection.ts";
import { HttpConnection, type HttpHost } from "./http_connection.ts";
import type { Peer } from "./peer.ts";
import { SourceFinder } from "./source_finder.ts";

export interface RouterOptions {
  readonly log: Log;
  readonly exchange: Pick<HttpExchange, "reply">;
  /** Absent if the server has no files. */
  readonly files?: TransferService;
  /** Absent if the server is in no cluster. */
  readonly links?: ServerLinks | undefined;
  /** Absent unless the server hosts a shared chat. */
  readonly copies?: CopyDesk | undefined;
  readonly relay: CallRelay;
  readonly mediaCounts: MediaCounts;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** Opens a chat session for the connection, in place of one that it may have, and returns its peer. */
  readonly openPeer: (connection: AcceptedConnection, codec: Codec) => Peer;
  /** Whether a proxy at that address names its clients. */
  readonly isProxy?: IsProxy;
  /** Counts a connection from a proxy for its source. Returns the error if it is refused. */
  readonly identify: (connection: AcceptedConnection) => ProtocolError | undefined;
  /** Does not count the connection as an attempt of its address, because it is no chat. */
  readonly pardon: (connection: AcceptedConnection) => void;
  /** Called when the connection is closed. */
  readonly closed: (connection: AcceptedConnection) => void;
}

const OPENING_BRACE = "{".charCodeAt(0);
/** The first byte of each telnet command: RFC 854. */
const TELNET_IAC = 0xff;

/**
 * Reads the first frames of each connection, detects its dialect, and hands it to one owner: a chat peer or an HTTP exchange.
 * After that it only passes frames on: one batch at a time, each after the owner has taken the one before.
 */
export class ConnectionRouter implements HttpHost, FileHost {
  readonly log: Log;
  readonly exchange: Pick<HttpExchange, "reply">;
  readonly #options: RouterOptions;
  readonly #throttled: ThrottledLog;
  readonly #sources: SourceFinder;
  readonly #pageVisits = new PageVisits();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.log = options.log;
    this.exchange = options.exchange;
    const throttled = this.#throttled = new ThrottledLog(options.log);
    this.#sources = new SourceFinder({ ...options, isProxy: options.isProxy ?? noProxy, throttled });
  }

  /** Called once a second. */
  tick(now: number): void {
    this.#throttled.tick(now);
  }

  /** Logs what was not logged yet, since the server ends. */
  close(): void {
    this.#throttled.flush();
  }

  /** Serves a connection until its link ends. Never rejects. */
  async serve(connection: AcceptedConnection): Promise<void> {
    if (connection.link.handshake !== undefined) await shakeHands(connection);
    const { frames, isProxy } = connection.link;
    this.#greetAfter(isProxy ? PROXY_HEADER_WAIT_MS : FIRST_BYTES_WAIT_MS, connection);
    try {
      const reader = frames.getReader();
      let isFirst = true;
      let batch = await reader.read();
      if (isProxy) batch = await this.#withoutHeader(connection, batch, reader);
      for (; !batch.done; batch = await reader.read()) {
        await (isFirst ? this.#handOff(connection, batch.value) : connection.owner?.receive(batch.value));
        isFirst = false;
      }
      // The other end may have closed only its sending half, and may still be reading.
      connection.finish(LINGER_MS);
      await connection.outbox.idle();
    } finally {
      connection.abort();
      this.#options.closed(connection);
    }
  }

  /** Returns the first frames after the header of a proxy, if it sends one. */
  async #withoutHeader(
    connection: AcceptedConnection,
    batch: ReadableStreamReadResult<readonly Frame[]>,
    reader: ReadableStreamDefaultReader<readonly Frame[]>,
  ): Promise<ReadableStreamReadResult<readonly Frame[]>> {
    const [header, ...frames] = batch.value ?? [];
    if (typeof header !== "object" || !("source" in header) || !connection.listening) return batch;
    if (this.#sources.takeHeader(connection, header)) {
      this.#greetAfter(FIRST_BYTES_WAIT_MS, connection);
    }
    return frames.length > 0 ? { done: false, value: frames } : await reader.read();
  }

  /** Gives the connection to its owner. A refused connection has none. */
  async #handOff(connection: AcceptedConnection, frames: readonly Frame[]): Promise<void> {
    if (!connection.listening) return;
    const [first, ...others] = frames;
    const dialect = typeof first === "string" ? detectDialect(first) : dialectOfFirstByte(connection);
    if (dialect === "http") {
      connection.owner = this.other(connection);
      await connection.owner.receive(frames);
    } else if (this.#sources.settle(connection)) {
      this.#openChat(connection, dialect);
      await connection.owner!.receive([typeof first === "string" ? withoutMark(first) : first!, ...others]);
    }
  }

  /** Opens a chat. A silent client, greeted as a person, may turn out to be a program: then its peer is replaced. */
  #openChat(connection: AcceptedConnection, dialect: "json" | "plain"): void {
    const { owner } = connection;
    if (owner !== undefined && dialect === "plain") return;
    // A telnet client may negotiate before its user has seen the greeting.
    const { firstByte } = connection.link;
    const unasked = firstByte !== undefined && firstByte !== TELNET_IAC;
    const codec = dialect === "json" ? JSON_LINES : new PlainText({ unasked, origin: originOf(connection) });
    connection.owner = this.#options.openPeer(connection, codec);
  }

  /**
   * Greets a client that is silent for `ms`. When the server was too busy to read meanwhile, the timer fires before what
   * has arrived is read: so it is read first, in one more turn of the event loop.
   */
  #greetAfter(ms: number, connection: AcceptedConnection): void {
    connection.after(ms, () => connection.after(0, () => this.#greetSilent(connection)));
  }

  /** Greets a silent client as a person, unless it may be a connection that a browser has opened in advance. */
  #greetSilent(connection: AcceptedConnection): void {
    const { link, source, acceptedAt } = connection;
    if (link.firstByte !== undefined || this.#pageVisits.isRecent(source.remoteAddress, acceptedAt)) return;
    if (this.#sources.settle(connection)) this.#openChat(connection, "plain");
  }

  settleSource(connection: AcceptedConnection, head: string): HttpResponse | undefined {
    return this.#sources.settleRequest(connection, head);
  }

  refused({ source: { peer } }: AcceptedConnection, { event, ...fields }: RefusedName): void {
    this.#throttled.log(this.#options.monotonic(), "warn", event, { peer, ...fields });
  }

  answered(connection: AcceptedConnection, isPage: boolean): void {
    if (isPage) this.#pageVisits.note(connection.source.remoteAddress, this.#options.monotonic());
    this.#pardon(connection);
  }

  other(connection: AcceptedConnection): ConnectionOwner {
    return new HttpConnection(connection, this, this.#options.monotonic());
  }

  openFiles(connection: AcceptedConnection, head: string): ConnectionOwner | undefined {
    return isForFile(head) ? this.#options.files?.open(connection, this) : undefined;
  }

  /** Browsers open spare connections for files as well. */
  transferring(connection: AcceptedConnection): void {
    this.answered(connection, true);
  }

  #pardon(connection: AcceptedConnection): void {
    if (!connection.pardoned) this.#options.pardon(connection);
    connection.pardoned = true;
  }

  upgrade(connection: AcceptedConnection, to: SocketUse): ConnectionOwner {
    if (to === "call") return this.#openMedia(connection);
    if (to === "cluster") return this.#openClusterLink(connection);
    if (to === "copy") return this.#openCopy(connection);
    // A browser reaches a private Unix socket only through a proxy, and none of its visitors is the operator.
    const { peer, remoteAddress } = connection.source;
    connection.source = { peer, remoteAddress };
    return this.#options.openPeer(connection, new WebSocketJson());
  }

  #openMedia(connection: AcceptedConnection): MediaConnection {
    const { relay, mediaCounts: counts, monotonic } = this.#options;
    return new MediaConnection(connection, { relay, counts, monotonic, entered: (entered) => this.#pardon(entered) });
  }

  /** There is a path for links only if there are links. */
  #openClusterLink(connection: AcceptedConnection): LinkConnection {
    return new LinkConnection(connection, {
      links: this.#options.links!,
      entered: (entered) => this.#pardon(entered),
    });
  }

  /** There is a path for followers only if there are copies. */
  #openCopy(connection: AcceptedConnection): CopyConnection {
    return new CopyConnection(connection, {
      desk: this.#options.copies!,
      entered: (entered) => this.#pardon(entered),
    });
  }
}

/** Aborts a connection whose handshake takes too long. Deno would keep the socket until the client closes it. */
async function shakeHands(connection: AcceptedConnection): Promise<void> {
  const timer = setTimeout(() => connection.abort(), TLS_HANDSHAKE_TIMEOUT_MS);
  await connection.link.handshake!().catch(() => connection.abort());
  clearTimeout(timer);
}

/**
 * The web address under which the other end has dialed the server; `undefined` if it has no address, or a proxy is between,
 * which only knows its own.
 */
function originOf({ link }: AcceptedConnection): string | undefined {
  const { localAddress: host, localPort: port, tls, isProxy } = link;
  if (host === undefined || port === undefined || isProxy) return undefined;
  return `http${tls === undefined ? "" : "s"}://${formatEndpoint({ host, port })}`;
}

function dialectOfFirstByte({ link }: AcceptedConnection): "json" | "plain" {
  return link.firstByte === OPENING_BRACE ? "json" : "plain";
}

/**
 * Addresses that requested the page a moment ago. Browsers open spare connections and use one for the next request, perhaps a
 * minute later: a greeting for a person would spoil that response. `now` is of a monotonic clock.
 */
class PageVisits {
  /** Times of the last requests, oldest first. */
  readonly #requested = new Map<string, number>();

  note(address: string | undefined, now: number): void {
    if (address === undefined) return;
    this.#requested.delete(address);
    this.#requested.set(address, now);
    if (this.#requested.size > MAX_PAGE_VISITORS) this.#requested.delete(this.#requested.keys().next().value!);
  }

  /** Whether the address requested the page within the last `SPARE_CONNECTIONS_MS`. */
  isRecent(address: string | undefined, now: number): boolean {
    const requestedAt = address === undefined ? undefined : this.#requested.get(address);
    return requestedAt !== undefined && now - requestedAt < SPARE_CONNECTIONS_MS;
  }
}
