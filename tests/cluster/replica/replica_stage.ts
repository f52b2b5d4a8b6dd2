/** Replicas on one log in memory, each with a machine that only notes what it is asked to do. The test moves the time. */

import type { Effect, SessionId } from "../../../src/core/effect.ts";
import { type HubOp, SESSIONS_PER_INCARNATION } from "../../../src/core/hub_op.ts";
import type { OpMachine, OrderCheckpoint } from "../../../src/core/op_order.ts";
import type { ClusterOp, ServerFacts } from "../../../src/cluster/cluster_op.ts";
import { MemoryLog } from "../../../src/cluster/memory_log.ts";
import { EntrySealer } from "../../../src/cluster/sealed_entry.ts";
import { Replica } from "../../../src/cluster/replica/replica.ts";
import type { ReplicaFailure } from "../../../src/cluster/replica/replica_failure.ts";
import type { ReplicaEvent } from "../../../src/cluster/replica/replica_options.ts";
import { HeldNetwork } from "../../helpers/held_network.ts";
import { facts, START } from "./entries.ts";

export class NotedMachine implements OpMachine<string> {
  /** What was done, such as `open 4294967297 local`. */
  readonly done: string[] = [];
  /** The state that is compared. */
  state: string[] = [];
  checkpoints: OrderCheckpoint[] = [];
  weight = 1;
  /** How often the rules have changed. */
  rules = 0;
  /** Times of the entries. */
  readonly times: number[] = [];
  /** Names of ops, or `end` or `checkpoint`, that fail. */
  readonly fails = new Set<string>();

  begin(now: number, monotonic: number, seed: string | undefined): void {
    if (monotonic !== now) throw new Error("The times of an entry differ");
    this.times.push(now);
    if (seed !== undefined) this.state.push(seed.slice(0, 4));
  }

  apply(op: HubOp, local: string | undefined): void {
    if (op.op === "tick") return void this.state.push("tick");
    const name = op.op === "closeAll"
      ? `closeAll ${op.incarnation}`
      : "session" in op
      ? `${op.op} ${op.session}`
      : op.op;
    this.#check(op.op);
    this.done.push(local === undefined ? name : `${name} ${local}`);
    this.state.push(name);
  }

  changeRules(now: number): void {
    if (now !== this.times.at(-1)) throw new Error("The rules change at another time than the entry's");
    this.rules++;
  }

  show(effects: readonly Effect[]): void {
    for (const effect of effects) this.done.push(`show ${effect.type}`);
  }

  end(): void {
    this.#check("end");
  }

  image(): object {
    return { state: this.state };
  }

  checkpoint(checkpoint: OrderCheckpoint): void {
    this.#check("checkpoint");
    this.checkpoints.push(checkpoint);
  }

  cutAll(): void {
    this.done.push("cutAll");
  }

  #check(name: string): void {
    if (this.fails.has(name)) throw new Error(`${name} fails`);
  }
}

export interface StagedServer {
  readonly name: string;
  readonly replica: Replica<string>;
  readonly machine: NotedMachine;
  readonly events: ReplicaEvent[];
  /** How far its clock is ahead. */
  clockError: number;
  failure: ReplicaFailure | undefined;
}

export interface StartOptions {
  readonly checkpoint?: OrderCheckpoint;
  readonly facts?: Partial<ServerFacts>;
  readonly chat?: string;
  readonly key?: Uint8Array;
}

const KEY = new Uint8Array(32).fill(1);

export class ReplicaStage implements AsyncDisposable {
  readonly network = new HeldNetwork();
  readonly log = new MemoryLog(this.network.carry);
  readonly sealer = new EntrySealer(KEY, "test");
  readonly servers: StagedServer[] = [];
  /** Milliseconds since the start. */
  now = 0;
  #seeds = 0;
  readonly #timers: { readonly at: number; readonly callback: () => void; readonly signal: AbortSignal }[] = [];

  start(name: string, { checkpoint, facts: more, chat = "chat", key = KEY }: StartOptions = {}): StagedServer {
    const machine = new NotedMachine();
    const events: ReplicaEvent[] = [];
    const replica = new Replica<string>(machine, {
      log: this.log.open(name),
      sealer: new EntrySealer(key, "test"),
      chat,
      checkpoint,
      facts: facts({ name, addresses: [`${name}:5050`], ...more }),
      now: () => START + this.now + server.clockError,
      monotonic: () => this.now,
      newSeed: () => (++this.#seeds).toString(16).padStart(64, "0"),
      after: (ms, callback, signal) => void this.#timers.push({ at: this.now + ms, callback, signal }),
      report: (event) => events.push(event),
      failed: (failure) => server.failure = failure,
    });
    const server: StagedServer = { name, replica, machine, events, clockError: 0, failure: undefined };
    this.servers.push(server);
    return server;
  }

  /** Starts servers of one chat, and waits until all of them take part. */
  async startAll(...names: string[]): Promise<StagedServer[]> {
    const [first, ...others] = names;
    const founder = this.start(first!);
    await this.settle();
    const [checkpoint] = founder.machine.checkpoints;
    const servers = [founder];
    for (const name of others) {
      servers.push(this.start(name, { checkpoint }));
      await this.settle();
    }
    return servers;
  }

  /** Everything that can happen without time happens. */
  async settle(): Promise<void> {
    for (let count = 0; count < 300; count++) await undefined;
  }

  /** Seconds pass, and all servers, or these, tick in each. */
  async pass(seconds: number, servers: readonly StagedServer[] = this.servers): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.now += 1_000;
      for (const { at, callback, signal } of this.#timers) if (at <= this.now && !signal.aborted) callback();
      for (const { replica } of servers) {
        replica.tick();
        await this.settle();
      }
    }
  }

  /** Writes an entry as another server with the key would. */
  async write(s: number, n: number, ops: readonly ClusterOp[], more: object = {}): Promise<void> {
    const content = { v: 1, t: START + this.now, r: "f".repeat(64), ops, ...more };
    this.log.append({ s, n, data: this.sealer.seal(s, n, JSON.stringify(content)) });
    await this.settle();
  }

  async hello(s: number, more: Partial<ServerFacts> = {}): Promise<void> {
    await this.write(s, 1, [{ op: "hello", server: facts(more), kept: 0 }]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.network.release();
    const ends = this.servers.map(({ replica }) => replica.close());
    this.now += 60_000;
    for (const { callback } of this.#timers) callback();
    await Promise.all(ends);
  }
}

export function sessionOf(incarnation: number, nth: number): SessionId {
  return incarnation * SESSIONS_PER_INCARNATION + nth;
}

/** Submits the op of a session of the server, and ends the turn. */
export function open({ replica }: StagedServer, nth: number, local?: string): SessionId {
  const session = sessionOf(replica.incarnation, nth);
  replica.submit({ op: "open", session, opening: { resumable: true } }, local);
  replica.endTurn();
  return session;
}

/** The kinds of the events, without those that servers joined. */
export function kinds({ events }: StagedServer): string[] {
  return events.filter(({ type }) => type !== "joined").map(({ type }) => type);
}
