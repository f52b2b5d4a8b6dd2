/** Owns the hub, the listeners and the connections, and runs what the core asks for. It chooses no implementation of any port. */

import type { Effect, SessionId } from "../core/effect.ts";
import { Hub, type HubOptions } from "../core/hub.ts";
import { type HistoryStore, StoreError } from "../history/store.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { DRAIN_TIMEOUT_MS, HTTP_ANSWER_TIMEOUT_MS, PRESENCE_INTERVAL_MS, TURN_FRAMES } from "../protocol/limits.ts";
import type { Connection, Frame, Listener } from "../transports/connection.ts";
import type { AdmissionOptions } from "./accept/admission.ts";
import { EffectRunner } from "./turn/effect_runner.ts";
import { Dispatcher } from "./turn/dispatcher.ts";
import { checkHeartbeat } from "./accept/peer_timeouts.ts";
import { GarbageCollector, type GarbageCollectorOptions } from "./monitor/garbage_collector.ts";
import { PasswordHasher } from "./turn/password_hasher.ts";
import { digest, IdSource, newToken } from "./turn/ids.ts";
import { type Log, stackOf } from "./monitor/log_events.ts";
import { Maintenance, type MaintenanceOptions } from "./monitor/maintenance.ts";
import { PageVisits } from "./accept/page_visits.ts";
import { Peer, type PeerHost } from "./peer.ts";
import { type Query, type QueryHost, QueryQueue } from "./turn/query_queue.ts";
import { Acceptor } from "./accept/acceptor.ts";
import { type Snapshot, Statistics, takeSnapshot } from "./monitor/statistics.ts";
import { TickBatcher } from "./turn/tick_batcher.ts";
import { HttpExchange, type HttpExchangeOptions, NO_PAGE } from "./web_exchange.ts";

type ChosenForHub = Pick<HubOptions, "rate" | "maxRooms" | "roomsPerMember" | "access" | "newWords">;

export interface ServerOptions
  extends AdmissionOptions, ChosenForHub, MaintenanceOptions, GarbageCollectorOptions, HttpExchangeOptions {
  readonly title: string;
  readonly version: string;
  /** Closed by the server when it has drained. */
  readonly history: HistoryStore;
  /** The binary logarithm of how dear each hash of a password is; tests need them cheap. */
  readonly hashCost?: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Arrival {
  readonly peer: Peer;
  readonly frames: readonly Frame[];
}

const SHUTTING_DOWN = new ProtocolError("shutting_down", "The server shuts down: come back later", { retryAfter: 1 });

export class Server implements PeerHost, QueryHost {
  readonly #options: ServerOptions;
  readonly #now: () => number;
  readonly #hub: Hub;
  readonly #peers = new Map<SessionId, Peer>();
  readonly #reception: Acceptor;
  /** Resolved when the last peer has gone. */
  #deserted: PromiseWithResolvers<void> | undefined;
  readonly #delivery: EffectRunner;
  readonly #hashing: PasswordHasher;
  readonly #queries = new QueryQueue(this);
  readonly #dispatcher: Dispatcher;
  readonly #web: HttpExchange;
  /** What was counted so far; `snapshot` tells the rest. */
  readonly statistics: Statistics;
  readonly #turns = new TickBatcher<Arrival>(
    (arrivals) => this.#takeTurn(arrivals),
    ({ frames }) => frames.length,
    TURN_FRAMES,
  );
  readonly #ticker: ReturnType<typeof setInterval>;
  readonly #pageVisits = new PageVisits();
  readonly #maintenance: Maintenance;
  readonly #garbage: GarbageCollector;
  #failure: Error | undefined;
  readonly #ended = Promise.withResolvers<Error | undefined>();
  #sessions = 0;
  #drained: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.statistics = new Statistics(this.#now());
    this.#reception = new Acceptor({ ...options, now: this.#now, accept: (connection) => this.#accept(connection) });
    this.#web = new HttpExchange(options);
    const ids = new IdSource();
    const { history } = options;
    this.#hub = new Hub({
      ...options,
      server: { id: history.serverId, name: options.title, version: options.version },
      rooms: history.rooms(),
      historyReader: history,
      newId: (now) => ids.next(now),
      newToken,
      digest,
      newSecret: newToken,
      records: history.records(),
    });
    this.#dispatcher = new Dispatcher({
      hub: this.#hub,
      log: options.log,
      perform: (effects) => this.#perform(() => effects.splice(0)),
      fail: (error) => this.fail(error),
    });
    this.#hashing = new PasswordHasher(
      (ticket, hashed) => {
        this.#perform(() => this.#hub.hashed(ticket, hashed, this.#now()));
        this.#delivery.flush();
        this.#queries.wake();
      },
      options.log,
      options.hashCost,
    );
    const parts = { hashing: this.#hashing, queries: this.#queries, log: options.log };
    this.#delivery = new EffectRunner(history, this.#peers, this.statistics, parts);
    const maintain = (budgetMs: number) => this.#guarded(() => history.maintain(this.#now(), budgetMs)) ?? false;
    this.#maintenance = new Maintenance(maintain, options);
    this.#garbage = new GarbageCollector(options);
    this.#ticker = setInterval(() => this.tick(), PRESENCE_INTERVAL_MS);
  }

  /** Walks through all connections. */
  snapshot(): Snapshot {
    const state = this.#failure !== undefined ? "failed" : this.#drained !== undefined ? "draining" : "ok";
    return takeSnapshot(state, this.statistics, this.#peers, this.#hub.census());
  }

  /** Resolves when the server has drained, with the fault that made it, if one did: the store's, or one of our own. */
  get ended(): Promise<Error | undefined> {
    return this.#ended.promise;
  }

  /** Serves whoever comes by this listener, which the server closes when it drains. */
  listen(listener: Listener): void {
    this.#reception.listen(listener);
  }

  /** Once a second: graces, presence, heartbeats. */
  tick(): void {
    const now = this.#now();
    this.#perform(() => this.#hub.tick(now));
    for (const peer of this.#peers.values()) {
      checkHeartbeat(peer, now);
      peer.outbox.checkProgress();
    }
    this.#delivery.flush();
    this.#reception.tick();
    this.#queries.wake();
    this.#maintenance.begin();
    this.#garbage.tick(this.#peers.size, now);
  }

  /** Stops accepting, says goodbye, lets outboxes empty for `DRAIN_TIMEOUT_MS` at most, and closes the store. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    const closed = this.#reception.close();
    this.#delivery.end();
    this.#queries.end();
    clearInterval(this.#ticker);
    this.#maintenance.end();
    for (const peer of this.#peers.values()) {
      peer.leaveReason = "shutdown";
      if (peer.codec === undefined) peer.sendUnasked(SHUTTING_DOWN);
      peer.send({ type: "goodbye", reason: "shutdown", retryAfter: 1 });
      peer.finish(DRAIN_TIMEOUT_MS);
    }
    await closed;
    await this.#hashing.end();
    if (this.#peers.size > 0) {
      this.#deserted = Promise.withResolvers<void>();
      await this.#deserted.promise;
    }
    this.#guarded(() => this.#options.history.close());
    this.#ended.resolve(this.#failure);
  }

  /** The part of `PeerHost` that begins a session. */
  greet(peer: Peer): void {
    const resumable = peer.codec?.format.name === "json";
    const { remoteAddress: address, privileged } = peer.connection;
    this.#perform(() => this.#hub.open(peer.id, { resumable, address, privileged }, this.#now()));
    this.#delivery.flush();
  }

  receive(peer: Peer, frames: readonly Frame[]): Promise<void> {
    return this.#turns.add({ peer, frames });
  }

  async answerHttp(peer: Peer, head: string): Promise<boolean> {
    try {
      const { chunk, upgraded, isPage } = await this.#web.reply(head);
      peer.sendChunk(chunk);
      if (upgraded) return !peer.closing;
      if (isPage) this.#pageVisits.note(peer.connection.remoteAddress, this.#now());
      // Whoever reloads the page is no attacker.
      this.#reception.pardon(peer);
    } catch (error) {
      this.#options.log("error", "bug", { peer: peer.connection.peer, stack: stackOf(error) });
      peer.sendChunk(NO_PAGE);
    }
    peer.finish(HTTP_ANSWER_TIMEOUT_MS);
    return false;
  }

  mayBeSpare({ connection, since }: Peer): boolean {
    return this.#pageVisits.isRecent(connection.remoteAddress, since);
  }

  touch(peer: Peer): void {
    this.#delivery.touch(peer);
  }

  gone(peer: Peer): void {
    this.#perform(() => this.#hub.close(peer.id, peer.leaveReason, this.#now()));
    this.#peers.delete(peer.id);
    this.statistics.close(peer.connection);
    this.#delivery.flush();
    this.#reception.gone(peer);
    if (this.#peers.size === 0) this.#deserted?.resolve();
  }

  #accept(connection: Connection): void {
    // Accepted just before the listener was closed: nobody would say goodbye to it.
    if (this.#drained !== undefined) return connection.close();
    const peer = new Peer(++this.#sessions, connection, this, this.#now());
    this.statistics.accepted++;
    this.#peers.set(peer.id, peer);
    this.#reception.receive(peer);
    void peer.run();
  }

  #takeTurn(arrivals: readonly Arrival[]): Promise<void> {
    const now = this.#now();
    const effects: Effect[] = [];
    for (const { peer, frames } of arrivals) {
      peer.lastHeard = now;
      peer.pinged = false;
      const deferred = this.#dispatcher.take(peer, frames, now, effects);
      if (deferred.length > 0) this.#queries.add(peer, deferred);
    }
    this.#perform(() => effects);
    this.#delivery.flush();
    return this.#delivery.flushed();
  }

  runQuery(peer: Peer, query: Query): void {
    const effects: Effect[] = [];
    this.#dispatcher.run(peer, query, this.#now(), effects);
    this.#perform(() => effects);
  }

  isWaiting(peer: Peer): boolean {
    return this.#hub.isWaiting(peer.id);
  }

  /** Writes what queries led to. */
  flush(): void {
    this.#delivery.flush();
    void this.#delivery.flushed();
  }

  /** Nothing is done any more once the store has failed: what the hub decided since is not stored, so it is not shown either. */
  #perform(decide: () => readonly Effect[]): void {
    if (this.#failure === undefined) this.#guarded(() => this.#delivery.perform(decide()));
  }

  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  /**
   * Whatever fails between deciding and showing ends the server: what was decided can neither be shown nor be taken back.
   * What was not acknowledged is sent again to the next one.
   */
  fail(error: unknown): void {
    if (this.#failure === undefined) {
      if (error instanceof StoreError) this.#options.log("error", "store failed", { error: error.message });
      else this.#options.log("error", "bug", { stack: stackOf(error) });
    }
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    void this.drain();
  }
}
