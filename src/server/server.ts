import type { FileOptions } from "../core/hub_options.ts";
import type { Codec } from "../framing/codec.ts";
import type { IsProxy } from "../protocol/address/trusted_proxies.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { DRAIN_TIMEOUT_MS, LINGER_MS, PRESENCE_INTERVAL_MS, REFUSED_RETRY_SECONDS } from "../protocol/limits.ts";
import type { Connection, Listener } from "../transports/connection.ts";
import { Acceptor } from "./accept/acceptor.ts";
import type { AdmissionOptions } from "./accept/admission.ts";
import { CallRelay } from "./calls/call_relay.ts";
import { AcceptedConnection, type ConnectionHost } from "./connection/accepted_connection.ts";
import { ConnectionRouter } from "./connection/connection_router.ts";
import { Peer, type PeerHost } from "./connection/peer.ts";
import type { HostedOptions } from "./copies/hosted_options.ts";
import type { ServerLinks } from "./links/server_links.ts";
import { GarbageCollector, type GarbageCollectorOptions } from "./monitor/process_memory.ts";
import { Maintenance, type MaintenanceOptions } from "./monitor/maintenance.ts";
import { type ServerState, type Snapshot, Statistics, takeSnapshot } from "./monitor/statistics.ts";
import { type FileParts, TransferService } from "./transfers/transfer_service.ts";
import type { FileDesk } from "./transfers/file_desk.ts";
import type { TurnOptions } from "./turn/turn_options.ts";
import { TurnRunner } from "./turn/turn_runner.ts";
import { HttpExchange, type HttpExchangeOptions } from "./web_exchange.ts";

export interface ServerOptions
  extends AdmissionOptions, TurnOptions, MaintenanceOptions, GarbageCollectorOptions, HttpExchangeOptions {
  /** Milliseconds since the epoch, for all that is stored, shown or decided by the core. */
  readonly now?: () => number;
  /** Milliseconds of a clock that nobody sets, for timeouts and limits of connections: the system's time may jump. */
  readonly monotonic?: () => number;
  /** Milliseconds since the epoch by which old messages are removed. Default: `now`. */
  readonly pruningClock?: () => number;
  /** Whether a proxy at that address names its clients. The transports say the same of their connections. */
  readonly isProxy?: IsProxy;
  /** Present if this server hosts a shared chat, whose followers keep copies. Never together with `order`. */
  readonly hosted?: HostedOptions;
  /** The links to the other servers of a cluster. Their opener closes them after the server has drained. Absent if it is in none. */
  readonly links?: ServerLinks;
  /**
   * Absent if the server takes no files. The opener of the store closes it after the server has drained. Without a `desk`
   * the chat decides about files within the `limits`.
   */
  readonly files?: Pick<FileParts, "store"> & { readonly desk?: FileDesk; readonly limits?: FileOptions };
}

const STALLED = new ProtocolError("server_full", "The server waits for the others of its cluster: try again later", {
  retryAfter: REFUSED_RETRY_SECONDS,
});
/** Time after which a server that drains waits no longer for what is on its way. */
const GIVE_UP_MS = DRAIN_TIMEOUT_MS + LINGER_MS;

/** A chat server: it assembles the parts, ticks once a second, and drains. It chooses no implementation of any port. */
export class Server {
  readonly #options: ServerOptions;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  /** The counters; `snapshot` adds the current state. */
  readonly statistics: Statistics;
  readonly #turns: TurnRunner;
  readonly #acceptor: Acceptor;
  readonly #files: TransferService | undefined;
  readonly #relay: CallRelay;
  readonly #router: ConnectionRouter;
  readonly #connections = new Set<AcceptedConnection>();
  readonly #host: ConnectionHost & PeerHost;
  readonly #maintenance: Maintenance;
  readonly #garbage: GarbageCollector;
  readonly #ticker: ReturnType<typeof setInterval>;
  #drained: Promise<void> | undefined;
  /** Resolved when the last connection is closed, while the server drains. */
  #emptied: PromiseWithResolvers<void> | undefined;
  readonly #ended = Promise.withResolvers<Error | undefined>();

  constructor(options: ServerOptions) {
    this.#options = options;
    const now = this.#now = options.now ?? Date.now;
    this.statistics = new Statistics(now());
    const monotonic = this.#monotonic = options.monotonic ?? (() => performance.now());
    const { statistics } = this;
    const calls = this.#relay = new CallRelay(options.links);
    this.#turns = new TurnRunner(options, { statistics, now, monotonic, calls, failed: () => void this.drain() });
    this.#host = {
      statistics: this.statistics,
      turns: this.#turns.turns,
      scheduleFlush: (outbox) => this.#turns.scheduleFlush(outbox),
      newSession: () => this.#turns.newSession(),
    };
    this.#acceptor = new Acceptor({ ...options, monotonic, accept: (link) => this.#accept(link) });
    const { log, webHosts, files } = options;
    const distant = options.links?.blobs;
    const desk = files?.desk ?? this.#turns.files;
    this.#files = files && desk &&
      new TransferService({
        store: files.store,
        desk,
        log,
        webHosts,
        monotonic,
        counts: statistics.transfers,
        distant,
      });
    options.links?.attach({
      take: (server, note) => note.type === "signal" ? this.#turns.takeSignal(note) : calls.take(server, note),
      lost: (server) => calls.lost(server),
    });
    this.#router = this.#newRouter();
    this.#maintenance = new Maintenance((budgetMs) => this.#maintain(budgetMs), options);
    this.#garbage = new GarbageCollector(options);
    this.#ticker = setInterval(() => this.tick(), PRESENCE_INTERVAL_MS);
  }

  #newRouter(): ConnectionRouter {
    return new ConnectionRouter({
      log: this.#options.log,
      exchange: new HttpExchange(this.#options),
      files: this.#files,
      links: this.#options.links,
      copies: this.#turns.hosting.copies,
      relay: this.#relay,
      mediaCounts: this.statistics.media,
      monotonic: this.#monotonic,
      openPeer: (connection, codec) => this.#openPeer(connection, codec),
      isProxy: this.#options.isProxy,
      identify: (connection) => this.#acceptor.identify(connection),
      pardon: (connection) => this.#acceptor.pardon(connection),
      closed: (connection) => this.#closed(connection),
    });
  }

  /** Walks through all connections. */
  snapshot(): Snapshot {
    return takeSnapshot(this.#state, this.statistics, this.#connections, this.#turns.census());
  }

  get #state(): ServerState {
    if (this.#turns.failure !== undefined) return "failed";
    if (this.#drained !== undefined) return "draining";
    return this.#turns.isStalled ? "waiting" : "ok";
  }

  /** Followers that have all that they may have. */
  get copies(): number {
    return this.#turns.hosting.copies?.currentCopies ?? 0;
  }

  /** Resolves when the server has drained: with the error that made it drain, or `undefined` if there was no error. */
  get ended(): Promise<Error | undefined> {
    return this.#ended.promise;
  }

  /** Serves the connections of a listener, which the server closes when it drains. */
  listen(listener: Listener): void {
    this.#acceptor.listen(listener);
  }

  /** Called once a second: ends graces, sends presence, checks timeouts, maintains the store. */
  tick(): void {
    const now = this.#monotonic();
    this.#turns.tick();
    for (const connection of this.#connections) {
      connection.checkTimeouts(now);
      connection.outbox.checkProgress();
    }
    this.#turns.endTick();
    this.#acceptor.tick();
    this.#router.tick(now);
    this.#files?.tick();
    this.#maintenance.begin();
    this.#garbage.tick(this.#connections.size, now);
  }

  /** Stops accepting, says goodbye, lets outboxes empty for `DRAIN_TIMEOUT_MS` at most, and closes the store. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Drains after an internal error outside of a turn. */
  fail(error: unknown): void {
    this.#turns.fail(error);
  }

  async #drain(): Promise<void> {
    const closed = this.#acceptor.close();
    this.#turns.beginDrain();
    clearInterval(this.#ticker);
    this.#maintenance.end();
    for (const connection of this.#connections) connection.shutDown();
    await closed;
    this.#router.close();
    await this.#turns.endHashes();
    // While nothing can be decided, connections wait for what they have sent.
    const givingUp = setTimeout(() => void this.#turns.endOrder(), GIVE_UP_MS);
    if (this.#connections.size > 0) await this.#allClosed();
    clearTimeout(givingUp);
    await this.#turns.endOrder();
    await this.#files?.close();
    await this.#turns.files?.close();
    this.#turns.guard(() => this.#options.history.close());
    this.#ended.resolve(this.#turns.failure);
  }

  #allClosed(): Promise<void> {
    this.#emptied = Promise.withResolvers<void>();
    return this.#emptied.promise;
  }

  #accept(link: Connection): void {
    // A connection that was accepted just before the listener closed would get no goodbye.
    if (this.#drained !== undefined) return link.close();
    const connection = new AcceptedConnection(link, this.#host, this.#monotonic());
    this.statistics.accepted++;
    this.#connections.add(connection);
    this.#acceptor.admit(connection);
    void this.#router.serve(connection);
  }

  #openPeer(connection: AcceptedConnection, codec: Codec): Peer {
    const peer = new Peer(connection, codec, this.#host, this.#monotonic());
    if (this.#turns.isStalled) peer.turnAway(STALLED);
    else this.#turns.open(peer);
    return peer;
  }

  #closed(connection: AcceptedConnection): void {
    if (connection.session !== undefined) this.#turns.close(connection.session, connection.leaveReason);
    this.#connections.delete(connection);
    this.statistics.close(connection.link);
    this.#acceptor.release(connection);
    if (this.#connections.size === 0) this.#emptied?.resolve();
  }

  #maintain(budgetMs: number): boolean {
    const now = this.#options.pruningClock?.() ?? this.#now();
    return this.#turns.guard(() => this.#options.history.maintain(now, budgetMs)) ?? false;
  }
}
