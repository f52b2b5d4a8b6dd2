/** What may go wrong in a cluster. */

import type { Random } from "../../helpers/random.ts";
import { pause } from "../pace.ts";
import type { ChatServer, ClusterProgram, ClusterPrograms } from "./cluster_programs.ts";
import { EtcdControl } from "./etcd_control.ts";
import type { Machines } from "./machines.ts";

export type FaultSort = "kill" | "cut" | "disk" | "clock";

export interface FaultKind {
  readonly name: string;
  readonly sort: FaultSort;
  /** Begins it, and tells where. */
  readonly begin: () => Promise<Fault>;
}

export interface Fault {
  readonly where: string;
  /** Resolves when the program has told of it, as it must if nothing else is wrong. */
  readonly told?: () => Promise<void>;
  readonly end: () => unknown;
}

const MINUTE_S = 60;
const YEAR_S = 365 * 24 * 60 * MINUTE_S;
const CLOCK_ERRORS_S = [5 * MINUTE_S, -5 * MINUTE_S, YEAR_S, -YEAR_S];
/** How long a server may take to notice that its clock is wrong. */
const TOLD_MS = 30_000;

export interface FaultWorld {
  readonly programs: ClusterPrograms;
  readonly machines: Machines;
  readonly random: Random;
}

export class ClusterFaults {
  readonly #world: FaultWorld;
  readonly #etcd: EtcdControl;

  constructor(world: FaultWorld) {
    this.#world = world;
    this.#etcd = new EtcdControl(world.programs.engines.map(({ url }) => url));
  }

  /** All kinds that are possible here. */
  get kinds(): FaultKind[] {
    const { programs: { engines, servers }, machines } = this.#world;
    const kinds: FaultKind[] = [
      { name: "kill a server", sort: "kill", begin: () => kill(this.#one(servers)) },
      { name: "kill the leader", sort: "kill", begin: async () => kill(await this.#leader()) },
      {
        name: "kill the leader and a server",
        sort: "kill",
        begin: async () => kill(await this.#leader(), this.#one(servers)),
      },
      { name: "freeze a server", sort: "kill", begin: () => freeze(this.#one(servers)) },
      { name: "freeze etcd", sort: "kill", begin: () => freeze(this.#one(engines)) },
      { name: "alarm of etcd", sort: "disk", begin: () => this.#raiseAlarm() },
    ];
    if (engines.length > 1) {
      kinds.push({ name: "kill a follower", sort: "kill", begin: async () => kill(await this.#follower()) });
    }
    if ([...engines, ...servers].every(({ disk }) => disk !== undefined)) {
      kinds.push({ name: "fill the disk of a server", sort: "disk", begin: () => this.#fillServer() });
      kinds.push({ name: "fill the disk of etcd", sort: "disk", begin: () => this.#fill(this.#one(engines)) });
    }
    if (servers.every(({ clock }) => clock !== undefined)) {
      kinds.push({ name: "set a clock", sort: "clock", begin: () => this.#setClock() });
    }
    for (const { name, apply } of machines.cuts) {
      kinds.push({ name, sort: "cut", begin: () => Promise.resolve(this.#cut(apply)) });
    }
    return kinds;
  }

  /** Mends all that the faults have done, also one that could not begin or end as a whole. */
  async mend(): Promise<void> {
    const { programs } = this.#world;
    for (const { process, disk } of programs.all) {
      disk?.free();
      process.thaw();
    }
    for (const { clock } of programs.servers) clock?.set(0);
    for (const { process } of programs.all) process.ensureRuns();
    await this.#etcd.mendFull();
  }

  #one<T>(all: readonly T[]): T {
    return all[this.#world.random.between(0, all.length - 1)]!;
  }

  async #leader(): Promise<ClusterProgram> {
    const { engines } = this.#world.programs;
    return engines[await this.#etcd.leader() ?? 0]!;
  }

  async #follower(): Promise<ClusterProgram> {
    const leader = await this.#leader();
    return this.#one(this.#world.programs.engines.filter((engine) => engine !== leader));
  }

  async #raiseAlarm(): Promise<Fault> {
    const isRaised = await this.#etcd.raiseFull();
    return { where: isRaised ? "all" : "none", end: () => this.#etcd.mendFull() };
  }

  #fill({ machine, disk, process }: ClusterProgram): Promise<Fault> {
    disk!.fill();
    const end = () => {
      disk!.free();
      process.ensureRuns();
    };
    return Promise.resolve({ where: machine, end });
  }

  /** A server notices a full disk when it writes a checkpoint: the next one is due in a while, at its end, or at its start. */
  async #fillServer(): Promise<Fault> {
    const server = this.#one(this.#world.programs.servers);
    const fault = await this.#fill(server);
    const { process, machine } = server;
    const restart = this.#world.random.between(0, 2);
    if (restart === 0) return fault;
    await (restart === 1 ? process.stop() : process.kill());
    process.start();
    return { ...fault, where: `${machine}, which was ${restart === 1 ? "stopped" : "killed"}` };
  }

  /** Some servers start with a wrong clock, and the clocks of others jump. */
  async #setClock(): Promise<Fault> {
    const { random, programs } = this.#world;
    const server = this.#one(programs.servers) as ChatServer;
    const { machine, process, clock } = server;
    const seconds = this.#one(CLOCK_ERRORS_S);
    const starts = random.between(0, 2) === 0;
    if (starts) await process.kill();
    const from = process.errors.length;
    clock!.set(seconds);
    if (starts) process.start();
    const told = async () => {
      for (const end = Date.now() + TOLD_MS; !process.errors.slice(from).includes("clock wrong");) {
        if (Date.now() > end) throw new Error(`${machine} does not say that its clock is wrong by ${seconds} s`);
        await pause(50);
      }
    };
    const end = () => {
      clock!.set(0);
      process.ensureRuns();
    };
    return { where: `${machine} by ${seconds} s${starts ? " at its start" : ""}`, told, end };
  }

  #cut(apply: Machines["cuts"][number]["apply"]): Fault {
    const machines = this.#shuffled(this.#world.programs.all.map(({ machine }) => machine));
    return { where: machines.join(" "), end: apply(machines) };
  }

  #shuffled<T>(items: readonly T[]): T[] {
    return shuffled(items, this.#world.random);
  }
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const all = [...items];
  for (let index = all.length - 1; index > 0; index--) {
    const other = random.between(0, index);
    [all[index], all[other]] = [all[other]!, all[index]!];
  }
  return all;
}

async function kill(...programs: readonly ClusterProgram[]): Promise<Fault> {
  await Promise.all(programs.map(({ process }) => process.kill()));
  return {
    where: programs.map(({ machine }) => machine).join(" and "),
    end: () => programs.forEach(({ process }) => process.ensureRuns()),
  };
}

function freeze({ machine, process }: ClusterProgram): Promise<Fault> {
  process.freeze();
  return Promise.resolve({ where: machine, end: () => process.thaw() });
}
