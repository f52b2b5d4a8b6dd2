import { isQuery } from "../../core/commands/command_table.ts";
import type { Effect, SessionId } from "../../core/effect.ts";
import type { Hub } from "../../core/hub.ts";
import { type HubOptions, needsStoredEffects } from "../../core/hub_options.ts";
import type { HubOp } from "../../core/hub_op.ts";
import type { OpMachine, OrderCheckpoint } from "../../core/op_order.ts";
import { type HistoryStore, StoreError } from "../../history/store.ts";
import { TURN_FRAMES } from "../../protocol/limits.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import type { Peer } from "../connection/peer.ts";
import { type Log, stackOf } from "../monitor/log_events.ts";
import type { EffectRunner } from "./effect_runner.ts";
import type { SecretKeeper, SecretOrigin } from "./secret_keeper.ts";

/** The part of an own op that the server keeps for itself. */
export interface LocalPart {
  /** The command with its secrets, if it has some. */
  readonly origin?: SecretOrigin;
  /** Called with the effects of the op, before they are stored and shown. Not called for an op that is dropped. */
  readonly applied?: (effects: readonly Effect[]) => void;
  /** Called after a query was answered, with the milliseconds that this took. */
  readonly answered?: (ms: number) => void;
}

/** The state of a checkpoint, which the store keeps as JSON. */
export interface SavedState {
  /** See `Hub.image`. */
  readonly image: object;
  /** The state of the order. */
  readonly order: string;
}

export interface HubMachineOptions {
  readonly hub: Hub;
  /** The rules by which this server would decide, as options of its hub. */
  readonly rules: HubOptions;
  readonly secrets: SecretKeeper;
  readonly effects: EffectRunner;
  /** Only an order of several servers needs these. */
  readonly history: Pick<HistoryStore, "checkpoint" | "upkeep" | "changeRetention">;
  /** The peers of this server. Those whose sessions are closed leave it here. */
  readonly peers: Map<SessionId, Peer>;
  readonly log: Log;
  /** Called after each entry was shown. */
  readonly ended: () => void;
  /** Called once, after the first failure between deciding and showing: nothing is performed any more, and the server must drain. */
  readonly failed: () => void;
  /** Called after all peers were cut and forgotten. */
  readonly cut: () => void;
}

/** Applies ops in their order: has the hub decide, fills in secrets of own sessions, stores the effects of an entry, and shows them. */
export class HubMachine implements OpMachine<LocalPart> {
  readonly #options: HubMachineOptions;
  readonly #hub: Hub;
  #now = 0;
  #monotonic = 0;
  /** Decided, but neither stored nor shown. */
  #effects: Effect[] = [];
  /** Commands since the last effects were stored. */
  #unstored = 0;
  /** Sessions that have ended in this entry. */
  #closed: SessionId[] = [];
  #failure: Error | undefined;

  constructor(options: HubMachineOptions) {
    this.#options = options;
    this.#hub = options.hub;
  }

  /** The time of the entry that is applied, or was applied last. */
  get now(): number {
    return this.#now;
  }

  /** The error after which nothing is performed any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  begin(now: number, monotonic: number, seed: string | undefined): void {
    this.#now = now;
    this.#monotonic = monotonic;
    if (seed !== undefined) this.#hub.reseed(seed);
  }

  apply(op: HubOp, local: LocalPart | undefined): void {
    // Later decisions are not stored after a failure, so they are not shown either.
    if (this.#failure !== undefined) return;
    try {
      if (op.op === "say") this.#say(op, op.command as ClientCommand, local);
      else if (op.op === "merge") this.#merge(op, local);
      else if (op.op === "hashed") this.#decide(op, this.#options.secrets.takeHashed(op.ticket));
      else this.#decide(op, undefined, local);
      if (op.op === "close") this.#closed.push(op.session);
      if (op.op === "tick") this.#options.history.upkeep?.(this.#now);
    } catch (error) {
      if (error instanceof StoreError) this.fail(error);
      else this.#drop(op, error);
    }
  }

  #say(op: HubOp, command: ClientCommand, local: LocalPart | undefined): void {
    if (isQuery(command)) return this.#answer(op, local);
    // The command may need a message of this entry, which is only found in the store: the hub remembers the last TURN_FRAMES.
    if (needsStoredEffects(command) || ++this.#unstored >= TURN_FRAMES) this.#perform();
    this.#decide(op, local?.origin, local);
    // A room of the same name may follow in this entry, and must not find the messages of the removed one.
    if (command.type === "remove") this.#perform();
  }

  /** Targets of changes are found in the store, and ids of later messages, too. */
  #merge(op: HubOp, local: LocalPart | undefined): void {
    this.#perform();
    this.#decide(op, undefined, local);
    this.#perform();
  }

  /** A query finds all that was decided before it in the store. */
  #answer(op: HubOp, local: LocalPart | undefined): void {
    this.#perform();
    const start = performance.now();
    try {
      this.#decide(op, local?.origin, local);
      this.#perform();
    } finally {
      local?.answered?.(performance.now() - start);
    }
  }

  #decide(op: HubOp, origin: SecretOrigin | undefined, local?: LocalPart): void {
    const effects = this.#hub.apply(op, this.#now, this.#monotonic);
    if (origin === undefined) this.show(effects);
    else for (const effect of effects) this.#showFilled(op, effect, origin);
    local?.applied?.(effects);
  }

  /** Only events have secrets. One that cannot be filled is dropped alone: all servers store the same. */
  #showFilled(op: HubOp, effect: Effect, origin: SecretOrigin): void {
    try {
      this.#effects.push(this.#options.secrets.fill(effect, origin));
    } catch (error) {
      this.#drop(op, error);
    }
  }

  show(effects: readonly Effect[]): void {
    for (const effect of effects) this.#effects.push(effect);
  }

  end(): void {
    this.#perform();
    if (this.#closed.length > 0) this.#forgetClosed();
    this.#options.ended();
  }

  #forgetClosed(): void {
    for (const session of this.#closed) {
      this.#options.peers.delete(session);
      this.#options.secrets.forget(session);
    }
    this.#closed = [];
  }

  /** Stores and shows what was decided so far. On all servers this happens after the same ops. */
  #perform(): void {
    this.#unstored = 0;
    if (this.#effects.length === 0 || this.#failure !== undefined) return;
    const effects = this.#effects;
    this.#effects = [];
    this.guard(() => this.#options.effects.perform(effects));
  }

  /** An internal error is logged, and closes only the connection concerned. */
  #drop(op: HubOp, error: unknown): void {
    const peer = "session" in op ? this.#options.peers.get(op.session) : undefined;
    this.#options.log("error", "internal error", { peer: peer?.connection.source.peer, stack: stackOf(error) });
    peer?.connection.abort();
  }

  /** After a failure the state is another one than on the other servers, and must not be compared with theirs. */
  image(): object {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#hub.image();
  }

  get weight(): number {
    return this.#hub.weight;
  }

  changeRules(now: number): void {
    // The hub asks the history whether it keeps texts.
    this.#options.history.changeRetention?.(now);
    this.#hub.changeRules(this.#options.rules, now);
  }

  checkpoint({ position, state }: OrderCheckpoint): void {
    const { history } = this.#options;
    if (history.checkpoint === undefined) throw new Error("The store keeps no checkpoints");
    const saved: SavedState = { image: this.image(), order: state };
    history.checkpoint({ position, state: JSON.stringify(saved) });
  }

  cutAll(): void {
    const { peers, secrets, effects, cut } = this.#options;
    for (const peer of peers.values()) peer.cut();
    peers.clear();
    secrets.clear();
    effects.clear();
    cut();
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
    if (this.#failure !== undefined) return;
    if (error instanceof StoreError) this.#options.log("error", "store failed", { error: error.message });
    else this.#options.log("error", "internal error", { stack: stackOf(error) });
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#options.failed();
  }
}
