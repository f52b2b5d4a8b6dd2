import type { Effect, SessionId } from "../../core/effect.ts";
import { type Census, Hub, type HubOptions } from "../../core/hub.ts";
import type { UsedBytes } from "../../core/hub_command.ts";
import type { FileOptions } from "../../core/hub_options.ts";
import type { FileStore } from "../../files/file_store.ts";
import { DAY_SECONDS } from "../../core/state/token_bucket.ts";
import { type HistoryStore, StoreError } from "../../history/store.ts";
import { TURN_FRAMES } from "../../protocol/limits.ts";
import type { LeaveReason } from "../../protocol/messages/messages.ts";
import type { Arrival, Peer } from "../connection/peer.ts";
import { type Log, stackOf } from "../monitor/log_events.ts";
import type { Statistics } from "../monitor/statistics.ts";
import type { Outbox } from "../output/outbox.ts";
import { ListedServers } from "../output/listed_servers.ts";
import { HubFileDesk } from "./hub_file_desk.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type CallEffects, EffectRunner } from "./effect_runner.ts";
import { digest, newSeed, newToken } from "./ids.ts";
import { challengeOf } from "./key_proof.ts";
import { LocalCommands } from "./local_commands.ts";
import { PasswordHasher } from "./password_hasher.ts";
import { type Query, QueryQueue } from "./query_queue.ts";
import { accessOptions, type AccessSecrets, SecretKeeper, type SecretSource } from "./secret_keeper.ts";
import { TickBatcher } from "./tick_batcher.ts";

/** Options that the server passes to the hub unchanged. */
export type HubChoices = Pick<HubOptions, "rate" | "maxRooms" | "roomsPerMember" | "maxCalls">;

export interface TurnOptions extends HubChoices, Pick<SecretSource, "newWords"> {
  readonly title: string;
  readonly version: string;
  readonly history: HistoryStore;
  /** Without it the server is open, and no password makes an owner. */
  readonly access?: AccessSecrets;
  /** Binary logarithm of the cost of each password hash; tests need cheap ones. */
  readonly hashCost?: number;
  readonly log: Log;
  /** Without it, or without its `limits`, no member can send a file. */
  readonly files?: { readonly store: FileStore; readonly limits?: FileLimits };
  /** Host names of this server, besides addresses and `localhost`. */
  readonly webHosts?: readonly string[];
  /** Returns the addresses of all servers of the chat, this one first, for `welcome`. Called often. Default: there is only this one. */
  readonly servers?: () => readonly string[];
}

export type FileLimits = FileOptions;

export interface TurnContext {
  readonly statistics: Statistics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  readonly calls: CallEffects;
  /** Called after a failure between deciding and showing: nothing is performed any more, and the server must drain. */
  readonly failed: () => void;
}

/**
 * Runs the hub: decodes the frames of a turn, has the hub decide, stores the effects, shows them, and writes.
 * It owns the peers, the queries that run between turns, and the password hashes that run on other threads.
 */
export class TurnRunner {
  readonly #options: TurnOptions;
  readonly #context: TurnContext;
  readonly #hub: Hub;
  readonly #secrets: SecretKeeper;
  readonly #peers = new Map<SessionId, Peer>();
  readonly #effects: EffectRunner;
  readonly #hasher: PasswordHasher;
  readonly #queries: QueryQueue;
  readonly #dispatcher: Dispatcher;
  readonly #servers: ListedServers;
  /** `undefined` if members send no files. */
  readonly files: HubFileDesk | undefined;
  /** Gathers the frames that arrive in one turn of the event loop. */
  readonly turns = new TickBatcher<Arrival>((arrivals) => this.#takeTurn(arrivals), framesOf, TURN_FRAMES);
  #failure: Error | undefined;

  constructor(options: TurnOptions, context: TurnContext) {
    this.#options = options;
    this.#context = context;
    this.#hub = newHub(options);
    const chat = options.history.serverId;
    const usedBytes = (memberId: string, now: number) => usedBytesOf(options, memberId, now);
    const source = { chat, newToken, newWords: options.newWords, newSalt: newToken, digest, usedBytes };
    this.#secrets = new SecretKeeper(this.#hub, source, options.access);
    this.#queries = new QueryQueue({
      runQuery: (peer, query) => this.#runQuery(peer, query),
      isWaiting: (peer) => this.#hub.isWaiting(peer.id),
      flush: () => this.#flushSlice(),
      fail: (error) => this.fail(error),
    });
    this.#hasher = new PasswordHasher((...hashed) => this.#continue(...hashed), options.log, options.hashCost);
    const passwordOf = (ticket: number) => this.#secrets.passwordOf(ticket);
    this.files = this.#newFiles();
    const parts = {
      hasher: this.#hasher,
      queries: this.#queries,
      log: options.log,
      passwordOf,
      files: this.files,
      calls: context.calls,
      servers: this.#servers = new ListedServers(this.#peers, options.servers),
    };
    this.#effects = new EffectRunner(options.history, this.#peers, context.statistics, parts);
    this.#dispatcher = new Dispatcher({
      hub: this.#secrets,
      local: new LocalCommands(this.#hub),
      log: options.log,
      names: { chat, hosts: new Set(options.webHosts?.map((host) => host.toLowerCase())) },
      perform: (effects) => this.#perform(() => effects.splice(0)),
      fail: (error) => this.fail(error),
    });
  }

  #newFiles(): HubFileDesk | undefined {
    const { files, history, log } = this.#options;
    if (files?.limits === undefined) return undefined;
    return new HubFileDesk({
      hub: this.#hub,
      store: files.store,
      files: history.files,
      log,
      now: this.#context.now,
      perform: (decide) => this.#perform(decide),
      guard: (work) => this.guard(work),
    });
  }

  /** The error after which nothing is performed any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  census(): Census {
    return this.#hub.census();
  }

  /** Opens a session and greets its peer, in place of an earlier peer of the same connection. */
  open(peer: Peer): void {
    this.#peers.set(peer.id, peer);
    const { remoteAddress: address, privileged } = peer.connection.source;
    const resumable = peer.format.name === "json";
    if (resumable) peer.nonce = newToken();
    const challenge = challengeOf(peer);
    const opening = { resumable, address, privileged, challenge, openedAt: this.#context.monotonic() };
    this.#perform(() => this.#hub.open(peer.id, opening, this.#context.now()));
    this.#effects.flush();
  }

  /** Ends a session whose connection is closed. Does nothing for a connection without a session. */
  close(id: SessionId, reason: LeaveReason): void {
    this.#perform(() => this.#hub.close(id, reason, this.#context.now()));
    this.#secrets.forget(id);
    this.#peers.delete(id);
    this.#effects.flush();
  }

  /** Called once a second: ends graces, ends connections that did not join in time, and sends presence. */
  tick(): void {
    this.#perform(() => this.#hub.tick(this.#context.now(), this.#context.monotonic()));
    this.#servers.tick();
  }

  /** Called after `tick` and the timeouts of the connections. */
  endTick(): void {
    this.#effects.flush();
    this.#queries.wake();
    this.guard(() => this.files?.tick());
  }

  /** Flushes the outbox at the end of the turn. */
  scheduleFlush(outbox: Outbox): void {
    this.#effects.scheduleFlush(outbox);
  }

  /** Drops all queries and releases all peers that are held back: the server drains. */
  beginDrain(): void {
    this.#effects.end();
    this.#queries.end();
  }

  /** Resolves when no password hash runs any more. */
  endHashes(): Promise<void> {
    return this.#hasher.end();
  }

  /** Returns the result of `work`. If it throws, ends the server and returns `undefined`. */
  guard<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  /**
   * A failure between deciding and showing ends the server: decisions can neither be shown nor taken back. Clients send
   * unacknowledged messages again to the next server.
   */
  fail(error: unknown): void {
    if (this.#failure === undefined) {
      if (error instanceof StoreError) this.#options.log("error", "store failed", { error: error.message });
      else this.#options.log("error", "internal error", { stack: stackOf(error) });
    }
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#context.failed();
  }

  #takeTurn(arrivals: readonly Arrival[]): Promise<void> {
    const [now, monotonic] = [this.#context.now(), this.#context.monotonic()];
    const effects: Effect[] = [];
    for (const { peer, frames } of arrivals) {
      peer.noteActivity(monotonic);
      const deferred = this.#dispatcher.take(peer, frames, now, effects);
      if (deferred.length > 0) this.#queries.add(peer, deferred);
    }
    this.#perform(() => effects);
    this.#effects.flush();
    return this.#effects.flushed();
  }

  #runQuery(peer: Peer, query: Query): void {
    const effects: Effect[] = [];
    this.#dispatcher.run(peer, query, this.#context.now(), effects);
    this.#perform(() => effects);
  }

  #flushSlice(): void {
    this.#effects.flush();
    void this.#effects.flushed();
  }

  /** Continues the command that waited for a password hash. */
  #continue(...[ticket, hashed]: Parameters<ConstructorParameters<typeof PasswordHasher>[0]>): void {
    this.#perform(() => this.#secrets.hashed(ticket, hashed, this.#context.now()));
    this.#effects.flush();
    this.#queries.wake();
  }

  /** Does nothing after a failure: later decisions of the hub are not stored, so they are not shown either. */
  #perform(decide: () => readonly Effect[]): void {
    if (this.#failure === undefined) this.guard(() => this.#effects.perform(decide()));
  }
}

function framesOf({ frames }: Arrival): number {
  return frames.length;
}

function usedBytesOf({ files, history }: TurnOptions, memberId: string, now: number): UsedBytes {
  if (files === undefined) return { all: 0, ofMember: 0 };
  return { all: files.store.usedBytes, ofMember: history.files.bytesOf(memberId, now - 1_000 * DAY_SECONDS) };
}

function newHub(options: TurnOptions): Hub {
  const { history, title: name, version, rate, maxRooms, roomsPerMember, access, files } = options;
  return new Hub({
    ...{ rate, maxRooms, roomsPerMember },
    access: access && accessOptions(access),
    files: files?.limits,
    server: { id: history.serverId, name, version },
    rooms: history.rooms(),
    historyReader: history,
    seed: newSeed(),
    records: history.records(),
  });
}
