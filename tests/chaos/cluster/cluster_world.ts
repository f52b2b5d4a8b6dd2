/** Three servers of one chat on one or three machines of etcd, which are killed, frozen and cut off from each other. */

import { join } from "node:path";
import { makeClusterKey } from "../../../src/cluster/cluster_key.ts";
import { dialTcp } from "../../../src/transports/tcp.ts";
import { runConfab } from "../../helpers/e2e.ts";
import type { Random } from "../../helpers/random.ts";
import { flagsOf } from "../../helpers/task_flags.ts";
import type { ChaosDoor, ChaosWorld } from "../chaos.ts";
import { pause } from "../pace.ts";
import { KillableProcess } from "./killable_process.ts";
import type { Machines } from "./machines.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).href;
const START_MS = 60_000;
/** The longest freeze is longer than it takes the others to give a server up. */
const FAULT_MS = { min: 300, max: 8_000 };
const PAUSE_MS = { min: 500, max: 3_000 };

export interface ClusterLayout {
  /** Names of machines. */
  readonly engines: readonly string[];
  readonly servers: readonly string[];
  readonly machines: Machines;
  /** Returns a port that is free on that machine. */
  readonly freePort: (machine: string) => number;
  /** Holds the data of all. It is not removed. */
  readonly folder: string;
  readonly random: Random;
  /** Says what is disturbed. */
  readonly report: (line: string) => void;
}

interface Target {
  readonly process: KillableProcess;
  readonly machine: string;
}

interface ChatServer extends Target {
  readonly port: number;
  readonly folder: string;
}

export class ClusterWorld implements ChaosWorld {
  killed = 0;
  cut = 0;
  readonly #layout: ClusterLayout;
  readonly #keyFile: string;
  readonly #engines: readonly Target[];
  readonly #servers: readonly ChatServer[];

  private constructor(layout: ClusterLayout) {
    const { engines, servers, machines, freePort, folder } = layout;
    this.#layout = layout;
    const ports = new Map(engines.map((name) => [name, { client: freePort(name), peer: freePort(name) }]));
    const url = (name: string, kind: "client" | "peer") =>
      `http://${machines.addressOf(name)}:${ports.get(name)![kind]}`;
    const initial = engines.map((name) => `${name}=${url(name, "peer")}`).join();
    this.#engines = engines.map((name) => {
      const words = ["etcd", "--name", name, "--data-dir", join(folder, name), "--log-level", "error"];
      for (const option of ["listen-client-urls", "advertise-client-urls"]) {
        words.push(`--${option}`, url(name, "client"));
      }
      for (const option of ["listen-peer-urls", "initial-advertise-peer-urls"]) {
        words.push(`--${option}`, url(name, "peer"));
      }
      words.push("--initial-cluster", initial);
      return { machine: name, process: new KillableProcess(name, machines.commandLine(name, words)) };
    });
    const keyFile = this.#keyFile = join(folder, "cluster.key");
    Deno.writeTextFileSync(keyFile, makeClusterKey(), { mode: 0o600 });
    const log = engines.map((name) => url(name, "client").slice("http://".length)).join();
    this.#servers = servers.map((name) => {
      const [host, port, data] = [machines.addressOf(name), freePort(name), join(folder, name)];
      const words = [
        ...[Deno.execPath(), "run", "--no-prompt", "--quiet", ...flagsOf("serve"), MAIN, "serve", "--quiet"],
        ...["--host", host, "--port", String(port), "--data", data, "--rate", "0"],
        // All clients have one address.
        ...["--connections-per-address", "0", "--attempts-per-address", "0"],
        ...["--cluster", `etcd:${log}`, "--cluster-key-file", keyFile, "--cluster-address", `${host}:${port}`],
      ];
      return {
        machine: name,
        port,
        folder: data,
        process: new KillableProcess(name, machines.commandLine(name, words)),
      };
    });
  }

  newDoor(): ChaosDoor {
    const { random, machines } = this.#layout;
    let host = "";
    const dial: ChaosDoor["dial"] = (signal) => {
      const { machine, port } = this.#servers[random.between(0, this.#servers.length - 1)]!;
      host = machines.addressOf(machine);
      return dialTcp(host, port, signal);
    };
    return { dial, host: () => host };
  }

  /** Starts etcd and the servers. Rejects if they do not answer in a minute. */
  static async start(layout: ClusterLayout): Promise<ClusterWorld> {
    const world = new ClusterWorld(layout);
    for (const { process } of world.#engines) process.start();
    // The first server founds the chat, and the others copy it.
    for (const server of world.#servers) {
      server.process.start();
      await world.#answers(server);
    }
    return world;
  }

  get folders(): readonly string[] {
    return this.#servers.map(({ folder }) => folder);
  }

  async disturb(until: number): Promise<void> {
    const { random } = this.#layout;
    for (;;) {
      const wait = random.between(PAUSE_MS.min, PAUSE_MS.max);
      if (Date.now() + wait >= until) return;
      await pause(wait);
      await this.#disturbOnce(Math.min(random.between(FAULT_MS.min, FAULT_MS.max), Math.max(0, until - Date.now())));
    }
  }

  async calm(): Promise<void> {
    for (const { process } of [...this.#engines, ...this.#servers]) {
      process.thaw();
      if (!process.isRunning) process.start();
    }
    for (const server of this.#servers) await this.#answers(server);
  }

  /** The state of the cluster as each server sees it. */
  async describe(): Promise<string> {
    const answers = await Promise.all(this.#servers.map(async ({ machine, port }) => {
      const address = `${this.#layout.machines.addressOf(machine)}:${port}`;
      const { stdout, stderr } = await runConfab(["cluster", "status", address, "--cluster-key-file", this.#keyFile]);
      return `${machine} ${address}:\n${stdout}${stderr}`;
    }));
    return answers.join("\n");
  }

  async stop(): Promise<string> {
    for (const { process } of this.#servers) await process.stop();
    for (const { process } of this.#engines) await process.stop();
    return this.#servers.map(({ process }) => process.errors).join("");
  }

  /** One fault, or two at once, for so long. */
  async #disturbOnce(ms: number): Promise<void> {
    const count = this.#layout.random.between(1, 2);
    const ends = [];
    for (let index = 0; index < count; index++) ends.push(await this.#fault());
    await pause(ms);
    for (const end of ends) await end();
  }

  /** Begins a random fault, and returns what ends it. */
  async #fault(): Promise<() => unknown> {
    const { random, machines, report } = this.#layout;
    const all = [...this.#engines, ...this.#servers];
    const target = all[random.between(0, all.length - 1)]!;
    const kinds = ["kill", "freeze", ...machines.cuts.map(({ name }) => name)];
    const kind = kinds[random.between(0, kinds.length - 1)]!;
    report(`${kind} ${target.machine}`);
    const { process } = target;
    if (kind === "kill") {
      await process.kill();
      this.killed++;
      return () => process.isRunning || process.start();
    }
    if (kind === "freeze") {
      process.freeze();
      return () => process.thaw();
    }
    this.cut++;
    const others = all.filter((each) => each !== target).map(({ machine }) => machine);
    for (let index = others.length - 1; index > 0; index--) {
      const other = random.between(0, index);
      [others[index], others[other]] = [others[other]!, others[index]!];
    }
    return machines.cuts.find(({ name }) => name === kind)!.apply([target.machine, ...others]);
  }

  /** Resolves when the server takes connections and greets them. */
  async #answers({ machine, port, process }: ChatServer): Promise<void> {
    const address = this.#layout.machines.addressOf(machine);
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
