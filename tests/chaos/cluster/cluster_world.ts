/** Three servers of one chat on one or three machines of etcd, with all that may go wrong there. */

import { dialTcp } from "../../../src/transports/tcp.ts";
import { runConfab } from "../../helpers/e2e.ts";
import type { Random } from "../../helpers/random.ts";
import type { ChaosDoor, ChaosWorld } from "../chaos.ts";
import { fasterClock, pause } from "../pace.ts";
import { ClusterFaults, type Fault, type FaultKind, type FaultSort, shuffled } from "./cluster_faults.ts";
import { type ChatServer, type ClusterLayout, ClusterPrograms } from "./cluster_programs.ts";

/** Clients of a cluster give up a silent server after a few seconds. A faster clock would give up one that is only busy here. */
const CLOCK = fasterClock(8);
const START_MS = 60_000;
/** The longest freeze is longer than it takes the others to give a server up. */
const FAULT_MS = { min: 300, max: 8_000 };
const PAUSE_MS = { min: 300, max: 2_000 };

export interface ClusterChaos extends ClusterLayout {
  readonly random: Random;
  /** Says what is disturbed. */
  readonly report: (line: string) => void;
}

export class ClusterWorld implements ChaosWorld, Disposable {
  /** How many faults of each sort there were. */
  readonly counts: Record<FaultSort, number> = { kill: 0, cut: 0, disk: 0, clock: 0 };
  /** Kinds of faults that have happened, and all that can. */
  readonly seen = new Set<string>();
  readonly kinds: readonly FaultKind[];
  readonly #options: ClusterChaos;
  readonly #programs: ClusterPrograms;
  readonly #faults: ClusterFaults;
  /** One sentence for each promise that a program broke. */
  readonly #broken: string[] = [];
  /** Kinds of faults that come next: each once, before any comes again. */
  #deck: FaultKind[] = [];
  #disturbedAt = 0;

  private constructor(options: ClusterChaos) {
    this.#options = options;
    const { machines, random } = options;
    const programs = this.#programs = new ClusterPrograms(options);
    this.#faults = new ClusterFaults({ programs, machines, random });
    this.kinds = this.#faults.kinds;
  }

  get killed(): number {
    return this.counts.kill;
  }

  get cut(): number {
    return this.counts.cut;
  }

  /** One sentence for each program that ended by itself, or did not tell what it must. */
  get broken(): readonly string[] {
    return [...this.#programs.deaths, ...this.#broken];
  }

  newDoor(): ChaosDoor {
    const { random, machines } = this.#options;
    const { servers } = this.#programs;
    let host = "";
    const dial: ChaosDoor["dial"] = (signal) => {
      const { machine, port } = servers[random.between(0, servers.length - 1)]!;
      host = machines.addressOf(machine);
      return dialTcp(host, port, signal);
    };
    return { clock: CLOCK, dial, host: () => host };
  }

  /** Starts etcd and the servers. Rejects if they do not answer in a minute. */
  static async start(options: ClusterChaos): Promise<ClusterWorld> {
    const world = new ClusterWorld(options);
    const { engines, servers } = world.#programs;
    const sorts = new Set(world.kinds.map(({ sort }) => sort));
    if (!world.kinds.some(({ name }) => name.startsWith("fill"))) {
      options.report("No disk is filled: that needs Linux, root and the right to mount a tmpfs");
    }
    if (!sorts.has("clock")) options.report("No clock is set wrong: that needs Linux and faketime");
    try {
      for (const { process } of engines) process.start();
      // The first server founds the chat, and the others copy it.
      for (const server of servers) {
        server.process.start();
        await world.#answers(server);
      }
      return world;
    } catch (error) {
      await world.stop();
      world[Symbol.dispose]();
      throw error;
    }
  }

  get folders(): readonly string[] {
    return this.#programs.servers.map(({ folder }) => folder);
  }

  async disturb(until: number): Promise<void> {
    this.#disturbedAt = Date.now();
    const { random } = this.#options;
    for (;;) {
      const wait = random.between(PAUSE_MS.min, PAUSE_MS.max);
      if (Date.now() + wait >= until) return;
      await pause(wait);
      await this.#disturbOnce(Math.min(random.between(FAULT_MS.min, FAULT_MS.max), Math.max(0, until - Date.now())));
    }
  }

  async calm(): Promise<void> {
    await this.#faults.mend();
    for (const server of this.#programs.servers) await this.#answers(server);
  }

  /** The state of the cluster as each server sees it. */
  async describe(): Promise<string> {
    const { servers, keyFile } = this.#programs;
    const answers = await Promise.all(servers.map(async ({ machine, port }) => {
      const address = `${this.#options.machines.addressOf(machine)}:${port}`;
      const { stdout, stderr } = await runConfab(["cluster", "status", address, "--cluster-key-file", keyFile]);
      return `${machine} ${address}:\n${stdout}${stderr}`;
    }));
    return answers.join("\n");
  }

  async stop(): Promise<string> {
    const { servers, engines } = this.#programs;
    for (const { process } of servers) await process.stop();
    for (const { process } of engines) await process.stop();
    return servers.map(({ process }) => process.errors).join("");
  }

  /** Unmounts the disks, when all programs have ended. */
  [Symbol.dispose](): void {
    this.#programs[Symbol.dispose]();
  }

  /** One fault, or two at once, for so long. */
  async #disturbOnce(ms: number): Promise<void> {
    const count = this.#options.random.between(1, 2);
    const kinds: FaultKind[] = [];
    while (kinds.length < count) {
      const next = this.#draw();
      // Two wrong clocks of three are a majority.
      if (!kinds.includes(next)) kinds.push(next);
    }
    const faults: Fault[] = [];
    for (const kind of kinds) faults.push(await this.#begin(kind));
    await pause(ms);
    if (count === 1) await faults[0]!.told?.().catch((error) => this.#broken.push(error.message));
    for (const fault of faults) await fault.end();
    this.#report("all ends");
  }

  #report(what: string): void {
    this.#options.report(`  ${((Date.now() - this.#disturbedAt) / 1_000).toFixed(1)} s: ${what}`);
  }

  #draw(): FaultKind {
    if (this.#deck.length === 0) this.#deck = shuffled(this.kinds, this.#options.random);
    return this.#deck.pop()!;
  }

  async #begin(kind: FaultKind): Promise<Fault> {
    const fault = await kind.begin();
    this.#report(`${kind.name}: ${fault.where}`);
    this.counts[kind.sort]++;
    this.seen.add(kind.name);
    return fault;
  }

  /** Resolves when the server takes connections and greets them. */
  async #answers({ machine, port, process }: ChatServer): Promise<void> {
    const address = this.#options.machines.addressOf(machine);
    for (const end = Date.now() + START_MS; Date.now() < end;) {
      if (await isGreeted(address, port)) return;
      await pause(50);
    }
    throw new Error(`Server ${machine} does not answer: ${process.errors.slice(-2_000)}`);
  }
}

async function isGreeted(hostname: string, port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname, port });
    await connection.write(new TextEncoder().encode('{"type":"ping"}\n'));
    const buffer = new Uint8Array(64);
    const count = await connection.read(buffer);
    return count !== null && new TextDecoder().decode(buffer.subarray(0, count)).includes('"welcome"');
  } catch {
    return false;
  }
}
