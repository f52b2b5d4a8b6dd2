import type { Effect, SessionId } from "../../core/effect.ts";
import type { Census, Hub } from "../../core/hub.ts";
import { type HubOp, incarnationOf, SESSIONS_PER_INCARNATION } from "../../core/hub_op.ts";
import type { OpOrder } from "../../core/op_order.ts";
import { MAX_STALL_MS, TURN_FRAMES } from "../../protocol/limits.ts";
import type { LeaveReason } from "../../protocol/messages/messages.ts";
import type { Arrival, Peer } from "../connection/peer.ts";
import { passerOf } from "../links/signal_notes.ts";
import type { Statistics } from "../monitor/statistics.ts";
import type { Outbox } from "../output/outbox.ts";
import { ChatHost } from "../copies/chat_host.ts";
import { ListedServers } from "../output/listed_servers.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { CallEffects, EffectParts } from "./effect_parts.ts";
import { EffectRunner } from "./effect_runner.ts";
import { HubFileDesk } from "./hub_file_desk.ts";
import { HubMachine, type LocalPart } from "./hub_machine.ts";
import { newToken } from "./ids.ts";
import { challengeOf } from "./key_proof.ts";
import { LocalCommands } from "./local_commands.ts";
import { LocalOrder } from "./local_order.ts";
import { PasswordHasher } from "./password_hasher.ts";
import { QueryPace } from "./queries/query_pace.ts";
import { QueryQueue } from "./queries/query_queue.ts";
import type { SecretKeeper } from "./secret_keeper.ts";
import { TickBatcher } from "./tick_batcher.ts";
import { hubOptions, newHub, newSecretKeeper, serverNames, type TurnOptions } from "./turn_options.ts";

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
 * Runs the hub: decodes the frames of a turn, brings their commands into the order of ops, and writes what the machine shows.
 * It owns the peers, the queries that run between turns, and the password hashes that run on other threads.
 */
export class TurnRunner {
  readonly #context: TurnContext;
  readonly #hub: Hub;
  readonly #secrets: SecretKeeper;
  readonly #machine: HubMachine;
  readonly #order: OpOrder<LocalPart>;
  readonly #peers = new Map<SessionId, Peer>();
  readonly #effects: EffectRunner;
  readonly #hasher: PasswordHasher;
  readonly #queries: QueryQueue;
  /** `undefined` where ops are applied at once. */
  readonly #pace: QueryPace | undefined;
  readonly #local: LocalCommands;
  readonly #dispatcher: Dispatcher;
  readonly #servers: ListedServers;
  /** `undefined` if members send no files. */
  readonly files: HubFileDesk | undefined;
  readonly hosting: ChatHost;
  /** Gathers the frames that arrive in one turn of the event loop. */
  readonly turns = new TickBatcher<Arrival>((arrivals) => this.#takeTurn(arrivals), framesOf, TURN_FRAMES);
  #sessions = 0;
  #orderEnded: Promise<void> | undefined;
  /** When the order was first seen to be stalled, by the monotonic clock; `undefined` if it is not. */
  #stalledAt: number | undefined;
  /** Whether what is shown now is written soon, without a further call. */
  #isInTurn = false;

  constructor(options: TurnOptions, context: TurnContext) {
    this.#context = context;
    const { log, order, hosted, history } = options;
    const rules = hubOptions(options, () => this.#machine?.now ?? 0);
    const hub = this.#hub = newHub(options, rules);
    for (const seat of hub.seats()) context.calls.admitElsewhere?.(seat);
    const secrets = this.#secrets = newSecretKeeper(hub, options, context.now);
    this.#pace = order && new QueryPace();
    this.#queries = this.#newQueries();
    this.#hasher = new PasswordHasher((...hashed) => this.#continue(...hashed), log, options.hashCost);
    this.files = this.#newFiles(options);
    const peers = this.#peers;
    const names = serverNames(options);
    const hosting = this.hosting = new ChatHost({
      ...{ hosted, history, hub, peers, names, monotonic: context.monotonic },
      ...{ log, settle: (ops, local) => this.#settle(ops, local) },
      shown: () => this.#show(),
      guard: (work) => this.guard(work),
    });
    this.#local = new LocalCommands(hub, hosting.answers);
    this.#servers = new ListedServers(peers, options.servers);
    const effects = this.#effects = new EffectRunner(history, peers, context.statistics, this.#parts(options));
    const { failed } = context;
    this.#machine = new HubMachine({
      ...{ hub, rules, secrets, effects, peers, log, failed, history },
      ended: () => this.#show(),
      cut: () => this.#pace?.clear(),
    });
    this.#order = order?.(this.#machine) ?? new LocalOrder(this.#machine, context, hosting.copies);
    this.#dispatcher = new Dispatcher({
      ...{ hub, secrets, log, pace: this.#pace, order: this.#order, now: context.now, local: this.#local },
      names,
      fail: (error) => this.fail(error),
    });
    this.files?.tick();
  }

  #newQueries(): QueryQueue {
    const pace = this.#pace;
    return new QueryQueue({
      runQuery: (peer, query) => this.#perform(() => this.#dispatcher.run(peer, query)),
      isHeld: (peer) => this.#dispatcher.isHeld(peer),
      get mayBegin() {
        return pace?.mayBegin ?? true;
      },
      flush: () => this.#write(),
      fail: (error) => this.fail(error),
    });
  }

  #newFiles({ files, history, log }: TurnOptions): HubFileDesk | undefined {
    if (files?.limits === undefined) return undefined;
    return new HubFileDesk({
      hub: this.#hub,
      store: files.store,
      files: history.files,
      log,
      now: this.#context.now,
      submit: (op, local) => this.#settle([op], local),
      isStalled: () => this.isStalled,
      guard: (work) => this.guard(work),
    });
  }

  #parts({ log, links }: TurnOptions): EffectParts {
    return {
      hasher: this.#hasher,
      queries: this.#queries,
      log,
      passwordOf: (ticket) => this.#secrets.passwordOf(ticket),
      isOwn: (session) => incarnationOf(session) === this.#order.incarnation,
      files: this.files,
      calls: this.#context.calls,
      passOn: passerOf(links),
      servers: this.#servers,
      hosts: this.hosting.answers,
      gate: this.hosting.copies,
    };
  }

  /** The error after which nothing is performed any more. */
  get failure(): Error | undefined {
    return this.#machine.failure;
  }

  census(): Census {
    return this.#hub.census();
  }

  /** Whether no op can be applied now. */
  get isStalled(): boolean {
    return this.#order.isStalled;
  }

  /** Returns the id of a new session. */
  newSession(): SessionId {
    return this.#order.incarnation * SESSIONS_PER_INCARNATION + ++this.#sessions;
  }

  /** Opens a session and greets its peer, in place of an earlier peer of the same connection. */
  open(peer: Peer): void {
    this.#peers.set(peer.id, peer);
    const { remoteAddress: address, privileged } = peer.connection.source;
    const resumable = peer.format.name === "json";
    if (resumable) peer.nonce = newToken();
    const opening = { resumable, address, privileged, challenge: challengeOf(peer) };
    this.#submit({ op: "open", session: peer.id, opening });
    peer.mustSettle = this.#order.isPending(peer.id);
  }

  /** Ends the session of a closed connection. Does nothing for one whose session is void. */
  close(session: SessionId, reason: LeaveReason): void {
    if (this.#peers.has(session)) this.#submit({ op: "close", session, reason });
  }

  /** Called once a second: ends graces, ends connections that did not join in time, and sends presence. */
  tick(): void {
    this.#perform(() => this.#order.tick());
    this.#watchStall();
  }

  /** Sends the clients to other servers if this one has decided nothing for a while. */
  #watchStall(): void {
    const now = this.#context.monotonic();
    if (!this.isStalled) this.#stalledAt = undefined;
    else if (now - (this.#stalledAt ??= now) >= MAX_STALL_MS) { for (const peer of this.#peers.values()) peer.cut(); }
  }

  /** Called after `tick` and the timeouts of the connections. */
  endTick(): void {
    this.hosting.tick();
    this.#servers.update();
    this.#effects.flush();
    this.#queries.wake();
    this.guard(() => this.files?.tick());
  }

  /** Flushes the outbox at the end of the turn. */
  scheduleFlush(outbox: Outbox): void {
    this.#effects.scheduleFlush(outbox);
  }

  /** Shows a signal of a member of another server to these sessions. */
  takeSignal(signal: Omit<Extract<Effect, { readonly type: "signal" }>, "type">): void {
    if (this.isStalled || !this.#local.mayTell(signal.event.member.id, this.#context.now())) return;
    this.#perform(() => this.#order.show([{ type: "signal", ...signal }]));
    this.#effects.flush();
  }

  /** Drops all queries and releases all peers that are held back: the server drains. Clients learn where they can go. */
  beginDrain(): void {
    this.#servers.update();
    this.#effects.end();
    this.#queries.end();
  }

  /** Resolves when no password hash runs any more. */
  endHashes(): Promise<void> {
    return this.#hasher.end();
  }

  /** Ends the order. Nothing is applied any more. */
  endOrder(): Promise<void> {
    return this.#orderEnded ??= this.#order.close();
  }

  /** Returns the result of `work`. If it throws, ends the server and returns `undefined`. */
  guard<T>(work: () => T): T | undefined {
    return this.#machine.guard(work);
  }

  /** Ends the server. */
  fail(error: unknown): void {
    this.#machine.fail(error);
  }

  #takeTurn(arrivals: readonly Arrival[]): Promise<void> {
    const monotonic = this.#context.monotonic();
    this.#perform(() => {
      for (const { peer, frames } of arrivals) {
        peer.noteActivity(monotonic);
        const deferred = this.#dispatcher.take(peer, frames);
        if (deferred.length > 0) this.#queries.add(peer, deferred);
      }
    });
    this.#effects.flush();
    return this.#order.settled().then(() => this.#effects.flushed());
  }

  #submit(op: HubOp): void {
    this.#perform(() => this.#order.submit(op));
    this.#effects.flush();
  }

  async #settle(ops: readonly HubOp[], local?: LocalPart): Promise<void> {
    this.#perform(() => ops.forEach((op) => this.#order.submit(op, local)));
    this.#effects.flush();
    await this.#order.settled();
  }

  /** Continues the command that waited for a password hash. */
  #continue(...[ticket, hashed]: Parameters<ConstructorParameters<typeof PasswordHasher>[0]>): void {
    this.#submit({ op: "hashed", ticket, hashed });
    this.#queries.wake();
  }

  /** Does the work of one turn. What was applied at once is stored and shown afterwards; the caller writes it. */
  #perform(work: () => void): void {
    this.#isInTurn = true;
    work();
    this.#order.endTurn();
    this.#isInTurn = false;
  }

  /** Called when an entry was shown. */
  #show(): void {
    if (this.#isInTurn) return;
    this.#write();
    this.#queries.wake();
  }

  #write(): void {
    this.#effects.flush();
    void this.#effects.flushed();
  }
}

function framesOf({ frames }: Arrival): number {
  return frames.length;
}
