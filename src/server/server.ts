/** Owns the hub, the listeners and the connections, and runs what the core asks for. It chooses no implementation of any port. */

import type { Effect, SessionId } from "../core/effect.ts";
import { errorEvent, Hub, type HubOptions } from "../core/hub.ts";
import { isQuery } from "../core/queries.ts";
import { asksWhatWasSaid } from "../core/recall.ts";
import { type HistoryStore, StoreError } from "../history/history_store.ts";
import { FATAL_ERROR_CODES, ProtocolError } from "../protocol/errors.ts";
import { DRAIN_TIMEOUT_MS, HTTP_ANSWER_TIMEOUT_MS, PRESENCE_INTERVAL_MS, TURN_FRAMES } from "../protocol/limits.ts";
import type { ClientCommand } from "../protocol/messages.ts";
import type { Connection, Control, Frame, Listener } from "../transports/connection.ts";
import type { AdmissionOptions } from "./admission.ts";
import { Delivery } from "./delivery.ts";
import { checkHeartbeat } from "./heartbeat.ts";
import { Garbage, type GarbageOptions } from "./garbage.ts";
import { Hashing } from "./hashing.ts";
import { digest, IdSource, newToken } from "./ids.ts";
import { type Log, stackOf } from "./log.ts";
import { Maintenance, type MaintenanceOptions } from "./maintenance.ts";
import { isFault, Peer, type PeerHost } from "./peer.ts";
import { type Query, type QueryHost, QueryQueue } from "./query_queue.ts";
import { Reception } from "./reception.ts";
import { type Snapshot, Statistics, takeSnapshot } from "./statistics.ts";
import { Turns } from "./turns.ts";
import { NO_PAGE, Web, type WebOptions } from "./web.ts";

type ChosenForHub = Pick<HubOptions, "rate" | "maxRooms" | "roomsPerMember" | "access" | "newWords">;

export interface ServerOptions extends AdmissionOptions, ChosenForHub, MaintenanceOptions, GarbageOptions, WebOptions {
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
  readonly #reception: Reception;
  /** Resolved when the last peer has gone. */
  #deserted: PromiseWithResolvers<void> | undefined;
  readonly #delivery: Delivery;
  readonly #hashing: Hashing;
  readonly #queries = new QueryQueue(this);
  readonly #web: Web;
  /** What was counted so far; `snapshot` tells the rest. */
  readonly statistics: Statistics;
  readonly #turns = new Turns<Arrival>(
    (arrivals) => this.#takeTurn(arrivals),
    ({ frames }) => frames.length,
    TURN_FRAMES,
  );
  readonly #ticker: ReturnType<typeof setInterval>;
  readonly #maintenance: Maintenance;
  readonly #garbage: Garbage;
  #failure: Error | undefined;
  readonly #ended = Promise.withResolvers<Error | undefined>();
  #sessions = 0;
  #drained: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.statistics = new Statistics(this.#now());
    this.#reception = new Reception({ ...options, now: this.#now, accept: (connection) => this.#accept(connection) });
    this.#web = new Web(options);
    const ids = new IdSource();
    const { history } = options;
    this.#hub = new Hub({
      ...options,
      server: { id: history.serverId, name: options.title, version: options.version },
      rooms: history.rooms(),
      recall: history,
      newId: (now) => ids.next(now),
      newToken,
      digest,
      newSecret: newToken,
      records: history.records(),
    });
    this.#hashing = new Hashing(
      (ticket, hashed) => {
        this.#perform(() => this.#hub.hashed(ticket, hashed, this.#now()));
        this.#delivery.flush();
      },
      options.log,
      options.hashCost,
    );
    const parts = { hashing: this.#hashing, queries: this.#queries, log: options.log };
    this.#delivery = new Delivery(history, this.#peers, this.statistics, parts);
    const maintain = (budgetMs: number) => this.#guarded(() => history.maintain(this.#now(), budgetMs)) ?? false;
    this.#maintenance = new Maintenance(maintain, options);
    this.#garbage = new Garbage(options);
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
      const { chunk, upgraded } = await this.#web.reply(head);
      peer.sendChunk(chunk);
      if (upgraded) return !peer.closing;
      // Whoever reloads the page is no attacker.
      this.#reception.pardon(peer);
    } catch (error) {
      this.#options.log("error", "bug", { peer: peer.connection.peer, stack: stackOf(error) });
      peer.sendChunk(NO_PAGE);
    }
    peer.finish(HTTP_ANSWER_TIMEOUT_MS);
    return false;
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
      this.#take(peer, frames, now, effects);
    }
    this.#perform(() => effects);
    this.#delivery.flush();
    return this.#delivery.flushed();
  }

  /** Up to the first query: that one, and what comes after it, waits in the queue. */
  #take(peer: Peer, frames: readonly Frame[], now: number, effects: Effect[]): void {
    // What a person's next line means can depend on what the last one led to.
    const eager = peer.codec!.format.name === "plain";
    for (let index = 0; index < frames.length && !peer.closing; index++) {
      const query = this.#decide(peer, frames[index]!, now, effects);
      if (query !== undefined) {
        const rest = frames.slice(index + 1).map((frame) => ({ frame }));
        return this.#queries.add(peer, [{ command: query }, ...rest]);
      }
      if (eager) this.#perform(() => effects.splice(0));
    }
  }

  /** Does what a frame asks for. A command that is a query comes last in its frame, and is returned instead. */
  #decide(peer: Peer, frame: Frame, now: number, effects: Effect[]): ClientCommand | undefined {
    return this.#attempt(peer, effects, () => {
      if (typeof frame !== "string") return this.#govern(peer, frame, effects);
      const { commands, reply } = peer.codec!.decode(frame);
      if (reply !== undefined) peer.sendText(reply, peer.codec!.format);
      for (const command of commands) {
        if (isQuery(command)) return command;
        this.#handle(peer, command, now, effects);
      }
    });
  }

  runQuery(peer: Peer, query: Query): void {
    const now = this.#now();
    const effects: Effect[] = [];
    const command = "command" in query ? query.command : this.#decide(peer, query.frame, now, effects);
    if (command !== undefined) this.#attempt(peer, effects, () => this.#handle(peer, command, now, effects));
    this.#perform(() => effects);
  }

  /** Writes what queries led to. */
  flush(): void {
    this.#delivery.flush();
    void this.#delivery.flushed();
  }

  #attempt<T>(peer: Peer, effects: Effect[], work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof ProtocolError) this.#reject(peer, error, effects);
      else if (error instanceof StoreError) this.fail(error);
      else this.#confess(peer, error);
    }
  }

  /** What a frame says of the link itself, its end after what was said before. */
  #govern(peer: Peer, frame: Control | ProtocolError, effects: Effect[]): undefined {
    if (isFault(frame)) throw frame;
    if (frame.control === "ping") peer.answerPing(frame.payload);
    else effects.push({ type: "close", session: peer.id, reason: "left" });
  }

  #handle(peer: Peer, command: ClientCommand, now: number, effects: Effect[]): void {
    // It may have been said in this very turn, and only the store knows what was said.
    if (asksWhatWasSaid(command)) this.#perform(() => effects.splice(0));
    for (const effect of this.#hub.handle(peer.id, command, now)) effects.push(effect);
  }

  /** Tells a peer what was wrong with its line, after what its earlier lines led to. */
  #reject(peer: Peer, error: ProtocolError, effects: Effect[]): void {
    effects.push({ type: "send", session: peer.id, event: errorEvent(error, error.details.ref) });
    if (FATAL_ERROR_CODES.has(error.code)) {
      effects.push({ type: "close", session: peer.id, reason: "refused" });
    }
  }

  /** A fault of ours costs one connection, and is told to whoever runs the server. */
  #confess(peer: Peer, error: unknown): void {
    this.#options.log("error", "bug", { peer: peer.connection.peer, stack: stackOf(error) });
    peer.abort();
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
