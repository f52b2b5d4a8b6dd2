/** A server of the simulation: a real replica and a real hub, on a disk that survives its programs. */

import type { HubOp } from "../../src/core/hub_op.ts";
import { SESSIONS_PER_INCARNATION } from "../../src/core/hub_op.ts";
import type { SessionId } from "../../src/core/effect.ts";
import type { CommandLog, PlacedEntry } from "../../src/cluster/command_log.ts";
import type { MemoryLog } from "../../src/cluster/memory_log.ts";
import { EntrySealer } from "../../src/cluster/sealed_entry.ts";
import { Replica } from "../../src/cluster/replica/replica.ts";
import type { ReplicaFailure } from "../../src/cluster/replica/replica_failure.ts";
import type { ReplicaEvent } from "../../src/cluster/replica/replica_options.ts";
import type { LocalSecret } from "./client_activity.ts";
import type { Counts } from "./fault_counts.ts";
import type { Random } from "../helpers/random.ts";
import type { FaultyNetwork, NetworkClient } from "./faulty_network.ts";
import { type SessionEnd, SimulatedMachine } from "./simulated_machine.ts";
import type { Disk } from "./kept_effects.ts";
import { PlainSealer } from "./plain_sealer.ts";
import { SETTINGS, SETTINGS_NAMES } from "./simulated_settings.ts";
import type { VirtualTime } from "./virtual_time.ts";

const TICK_MS = 1_000;

/** What all servers of a simulation share. */
export interface SimulatedWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly network: FaultyNetwork;
  /** The time at the start, in milliseconds since the epoch. */
  readonly start: number;
  readonly log: MemoryLog;
  /** A wrong clock is only harmless if those of two other servers are right. */
  readonly mayHaveWrongClock: (server: SimulatedServer) => boolean;
  /** Entries that the log does not have any more. */
  readonly removed: () => readonly PlacedEntry[];
  readonly open: (client: string) => CommandLog;
  /** The key of the cluster; without it, entries are not encrypted. */
  readonly key: Uint8Array | undefined;
  readonly note: (line: string) => void;
  readonly counts: Counts;
  /** The ids of uploads whose bytes were removed, each with the hash of the bytes. */
  readonly droppedFiles: Set<string>;
  /** Throws if two runs of programs have the same incarnation. */
  readonly noteIncarnation: (incarnation: number, run: object) => void;
  /** Called with each machine that is made, so that a test can plant a bug. */
  readonly plant?: ((machine: SimulatedMachine, now: () => number) => void) | undefined;
  /** Changes what a program finds on its disk, for the same purpose. */
  readonly plantDisk?: ((disk: Disk) => Disk) | undefined;
}

/** One run of the program. */
interface Run extends NetworkClient {
  readonly replica: Replica<LocalSecret>;
  readonly machine: SimulatedMachine;
  sessions: number;
}

export class SimulatedServer {
  readonly name: string;
  readonly #world: SimulatedWorld;
  /** What survives. */
  disk: Disk | undefined;
  /** The level of its program. It rises with an upgrade. */
  level = 1;
  /** Its options, which change at its next start. */
  settings = SETTINGS_NAMES[0]!;
  /** How far its clock is ahead, in milliseconds. */
  clockError = 0;
  isCut = false;
  slowness = 0;
  answerLoss = 0;
  /** Whether its program does not tick any more. */
  isQuiet = false;
  /** Why its last program has ended by itself, as its operator sees it. */
  failure: ReplicaFailure | undefined;
  #frozenUntil = 0;
  #run: Run | undefined;
  #runs = 0;

  constructor(name: string, world: SimulatedWorld) {
    this.name = name;
    this.#world = world;
  }

  get isUp(): boolean {
    return this.#run !== undefined;
  }

  get isFrozen(): boolean {
    return this.#frozenUntil > this.#world.time.now;
  }

  /** Whether it takes new clients. */
  get isServing(): boolean {
    return this.#run !== undefined && !this.isFrozen && !this.#run.replica.isStalled;
  }

  get replica(): Replica<LocalSecret> | undefined {
    return this.#run?.replica;
  }

  get machine(): SimulatedMachine | undefined {
    return this.#run?.machine;
  }

  start(): void {
    if (this.#run !== undefined) return;
    const { time, random, network, start, open, key, plant } = this.#world;
    this.failure = undefined;
    const id = `${this.name} run ${++this.#runs}`;
    const server = { id: "chat", name: "simulation", version: "1" };
    const { plantDisk = (found: Disk) => found } = this.#world;
    const disk = this.disk && plantDisk(this.disk);
    const options = { server, ...SETTINGS[this.settings]!, seed: "0".repeat(64) };
    const machine = new SimulatedMachine(options, disk, {
      save: (disk) => {
        if (!run.isDead) this.disk = disk;
      },
      hashed: (ticket, hashed) =>
        time.after(random.between(50, 1_500), () => this.#submit(run, { op: "hashed", ticket, hashed })),
      dropped: (id, sha256) => this.#world.droppedFiles.add(`${id} ${sha256}`),
    });
    const now = () => start + time.now + (this.#world.mayHaveWrongClock(this) ? this.clockError : 0);
    const newSeed = () => Array.from({ length: 8 }, () => hexOf(random.next())).join("");
    const fillRandom = (bytes: Uint8Array) => bytes.forEach((_, at) => bytes[at] = random.between(0, 255));
    const client: NetworkClient = {
      isDead: false,
      isCut: this.isCut,
      slowness: this.slowness,
      answerLoss: this.answerLoss,
      whenAwake: (work) => this.#whenAwake(work),
    };
    network.add(id, client);
    const replica = new Replica(machine, {
      log: open(id),
      sealer: key === undefined ? new PlainSealer() : new EntrySealer(key, "simulation", fillRandom),
      chat: "chat",
      checkpointMs: random.between(500, 10_000),
      checkpoint: disk?.checkpoint,
      facts: {
        ...{
          name: this.name,
          addresses: [`${this.name}:5050`],
          level: this.level,
          unicode: "16",
          settings: this.settings,
        },
        version: `${this.level}.0`,
      },
      now,
      monotonic: () => time.now,
      newSeed,
      after: (ms, callback, signal) => time.after(ms, () => !signal.aborted && this.#whenAwake(callback)),
      report: (event) => this.#report(event),
      failed: (failure) => this.#fail(run, failure),
    });
    const run: Run = Object.assign(client, { replica, machine, sessions: 0 });
    this.#run = run;
    plant?.(machine, now);
    time.after(random.between(0, TICK_MS), () => this.#tick(run));
  }

  #tick(run: Run): void {
    if (run.isDead || this.isQuiet) return;
    this.#whenAwake(() => {
      if (!run.isDead) run.replica.tick();
    });
    this.#world.time.after(TICK_MS, () => this.#tick(run));
  }

  /** Nothing of the program goes on, also what it has begun. */
  kill(): void {
    const run = this.#run;
    if (run === undefined) return;
    run.isDead = true;
    this.#run = undefined;
    // Clients notice the end of their connections.
    SimulatedMachine.prototype.cutAll.call(run.machine);
  }

  /** Its disk is full: it ends soon, if it does not notice before. */
  fillDisk(): void {
    const run = this.#run;
    if (run === undefined) return;
    run.machine.fail();
    this.#world.time.after(this.#world.random.between(0, 3_000), () => {
      if (this.#run === run) this.kill();
    });
  }

  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#world.time.now + ms);
  }

  /** Ends in good order. */
  async stop(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    run.machine.cutAll();
    await run.replica.close();
    if (this.#run === run) this.kill();
  }

  setFaults(faults: Partial<Pick<NetworkClient, "isCut" | "slowness" | "answerLoss">>): void {
    Object.assign(this, faults);
    if (this.#run !== undefined) Object.assign(this.#run, faults);
  }

  /** Opens a session; `undefined` if the server takes no one. */
  open(end: SessionEnd): SessionId | undefined {
    if (!this.isServing) return undefined;
    const { replica, machine } = this.#run!;
    const session = replica.incarnation * SESSIONS_PER_INCARNATION + ++this.#run!.sessions;
    this.#world.noteIncarnation(replica.incarnation, this.#run!);
    machine.attach(session, end);
    this.submit({ op: "open", session, opening: { resumable: true } });
    return session;
  }

  submit(op: HubOp, local?: LocalSecret): void {
    if (this.#run !== undefined) this.#submit(this.#run, op, local);
  }

  #submit(run: Run, op: HubOp, local?: LocalSecret): void {
    this.#whenAwake(() => {
      if (run.isDead) return;
      run.replica.submit(op, local);
      run.replica.endTurn();
    });
  }

  close(session: SessionId): void {
    this.#run?.machine.detach(session);
    this.submit({ op: "close", session, reason: "closed" });
  }

  /** Takes the place of a disk that was lost: with a copy of another server's last checkpoint. */
  copyFrom(other: SimulatedServer): void {
    this.disk = other.disk;
  }

  #whenAwake(work: () => void): void {
    const { time } = this.#world;
    if (this.isFrozen) time.after(this.#frozenUntil - time.now, () => this.#whenAwake(work));
    else work();
  }

  #report(event: ReplicaEvent): void {
    if (event.type === "fault") throw new Error(`The hub failed in ${event.op}`, { cause: event.error });
    this.#world.note(`${this.name}: ${JSON.stringify(event)}`);
  }

  #fail(run: Run, failure: ReplicaFailure): void {
    if (run.isDead) return;
    this.#world.note(`${this.name} fails: ${failure.kind}`);
    this.kill();
    this.failure = failure;
  }
}

/** Eight hexadecimal digits. */
function hexOf(fraction: number): string {
  return Math.floor(fraction * 2 ** 32).toString(16).padStart(8, "0");
}
