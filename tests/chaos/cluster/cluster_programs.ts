/** The programs of a cluster under chaos: machines of etcd, and servers, each with its disk and its clock. */

import { join } from "node:path";
import { makeClusterKey } from "../../../src/cluster/cluster_key.ts";
import { type SmallDisk, smallDisk } from "../../helpers/small_disk.ts";
import { flagsOf } from "../../helpers/task_flags.ts";
import { KillableProcess } from "./killable_process.ts";
import type { Machines } from "./machines.ts";
import { findClockLibrary, SettableClock } from "./settable_clock.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).href;
/** Far more than a run takes. etcd alone reserves 128 MB. */
const DISK_OPTIONS = "size=2g";

export interface ClusterLayout {
  /** Names of machines. */
  readonly engines: readonly string[];
  readonly servers: readonly string[];
  readonly machines: Machines;
  /** Returns a port that is free on that machine. */
  readonly freePort: (machine: string) => number;
  /** Holds the data of all. It is not removed. */
  readonly folder: string;
}

export interface ClusterProgram {
  readonly process: KillableProcess;
  readonly machine: string;
  readonly folder: string;
  /** Holds the folder; `undefined` if this user cannot mount one. */
  readonly disk: SmallDisk | undefined;
}

export interface Engine extends ClusterProgram {
  /** For clients. */
  readonly url: string;
}

export interface ChatServer extends ClusterProgram {
  readonly port: number;
  /** `undefined` if clocks cannot be set here. */
  readonly clock: SettableClock | undefined;
}

/** Makes all programs and starts none. Disposing unmounts the disks. */
export class ClusterPrograms implements Disposable {
  readonly keyFile: string;
  readonly engines: readonly Engine[];
  readonly servers: readonly ChatServer[];
  /** One sentence for each program that has ended by itself without a full disk. */
  readonly deaths: string[] = [];
  readonly #layout: ClusterLayout;

  constructor(layout: ClusterLayout) {
    this.#layout = layout;
    const { folder } = layout;
    this.keyFile = join(folder, "cluster.key");
    Deno.writeTextFileSync(this.keyFile, makeClusterKey(), { mode: 0o600 });
    this.engines = this.#newEngines();
    this.servers = this.#newServers(findClockLibrary());
  }

  get all(): readonly ClusterProgram[] {
    return [...this.engines, ...this.servers];
  }

  [Symbol.dispose](): void {
    for (const { disk } of this.all) disk?.[Symbol.dispose]();
  }

  #newEngines(): Engine[] {
    const { engines, machines, freePort } = this.#layout;
    const ports = new Map(engines.map((name) => [name, { client: freePort(name), peer: freePort(name) }]));
    const url = (name: string, kind: "client" | "peer") =>
      `http://${machines.addressOf(name)}:${ports.get(name)![kind]}`;
    const initial = engines.map((name) => `${name}=${url(name, "peer")}`).join();
    return engines.map((name) => {
      const { folder, disk } = this.#newFolder(name);
      const words = ["etcd", "--name", name, "--data-dir", join(folder, "data"), "--log-level", "error"];
      for (const option of ["listen-client-urls", "advertise-client-urls"]) {
        words.push(`--${option}`, url(name, "client"));
      }
      for (const option of ["listen-peer-urls", "initial-advertise-peer-urls"]) {
        words.push(`--${option}`, url(name, "peer"));
      }
      words.push("--initial-cluster", initial);
      const process = this.#newProcess(name, words, (_, errors) => errors.includes("no space left on device"));
      return { machine: name, process, folder, disk, url: url(name, "client") };
    });
  }

  #newServers(clockLibrary: string | undefined): ChatServer[] {
    const { servers, machines, freePort, folder: root } = this.#layout;
    const log = this.engines.map(({ url }) => url.slice("http://".length)).join();
    return servers.map((name) => {
      const [host, port, { folder, disk }] = [machines.addressOf(name), freePort(name), this.#newFolder(name)];
      const clock = clockLibrary === undefined
        ? undefined
        : new SettableClock(clockLibrary, join(root, `${name}.clock`));
      const words = [
        ...clock?.words ?? [],
        ...[Deno.execPath(), "run", "--no-prompt", "--quiet", ...flagsOf("serve"), MAIN, "serve", "--quiet"],
        ...["--host", host, "--port", String(port), "--data", folder, "--rate", "0"],
        // All clients have one address.
        ...["--connections-per-address", "0", "--attempts-per-address", "0"],
        ...["--cluster", `etcd:${log}`, "--cluster-key-file", this.keyFile, "--cluster-address", `${host}:${port}`],
      ];
      const process = this.#newProcess(
        name,
        words,
        (code, errors) => code === CANNOT_STORE && /disk is full/.test(errors),
      );
      return { machine: name, process, folder, disk, port, clock };
    });
  }

  #newFolder(name: string): { folder: string; disk: SmallDisk | undefined } {
    const folder = join(this.#layout.folder, name);
    Deno.mkdirSync(folder);
    return { folder, disk: smallDisk(folder, DISK_OPTIONS) };
  }

  /** `mayEnd` says whether it may end by itself like that. */
  #newProcess(
    name: string,
    words: readonly string[],
    mayEnd: (code: number, errors: string) => boolean,
  ): KillableProcess {
    return new KillableProcess(name, this.#layout.machines.commandLine(name, words), (code, errors) => {
      if (!mayEnd(code, errors)) this.deaths.push(`${name} has ended by itself with ${code}: ${errors.slice(-2_000)}`);
    });
  }
}

const CANNOT_STORE = 7;
