/** The machines of a cluster under chaos: processes on loopback, or network namespaces that can be cut off from each other. */

import { Networks } from "../../helpers/netns.ts";

export interface Machines extends Disposable {
  /** Returns a command line that runs these words on the machine. */
  commandLine(machine: string, words: readonly string[]): [string, ...string[]];
  /** The address at which all others reach a machine. */
  addressOf(machine: string): string;
  /** Ways to disturb the network. Each returns a function that mends it. */
  readonly cuts: readonly NetworkCut[];
}

/** A fault of the network between machines. `machines` has all of them, those of the fault first. */
export interface NetworkCut {
  readonly name: string;
  readonly apply: (machines: readonly string[]) => () => void;
}

/** All machines are this one. */
export class LoopbackMachines implements Machines {
  readonly cuts = [];

  commandLine(_machine: string, words: readonly string[]): [string, ...string[]] {
    return [words[0]!, ...words.slice(1)];
  }

  addressOf(_machine: string): string {
    return "127.0.0.1";
  }

  [Symbol.dispose](): void {}
}

/** Each machine is a network namespace behind this process, whose own namespace `unshare --net` has made. */
export class NetworkMachines implements Machines {
  readonly #networks: Networks;
  readonly #names: readonly string[];
  readonly cuts: readonly NetworkCut[] = [
    { name: "cut off", apply: ([machine]) => this.#unplug(machine!) },
    { name: "cut off from half", apply: (machines) => this.#separate([machines[0]!], machines.slice(1, 4), false) },
    { name: "split", apply: (machines) => this.#separate(machines.slice(0, 3), machines.slice(3), false) },
    { name: "heard and deaf", apply: (machines) => this.#separate([machines[0]!], machines.slice(1), true) },
  ];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#networks = new Networks(names, { isHubHere: true });
    this.#inHub("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
    for (const [index, name] of names.entries()) {
      this.#networks.configure(name, "route", "add", "default", "via", `10.77.${index + 1}.1`);
    }
    this.#inHub("nft", "add", "table", "ip", "chaos");
    this.#inHub("nft", "add", "chain", "ip", "chaos", "forward", "{ type filter hook forward priority 0; }");
  }

  commandLine(machine: string, words: readonly string[]): [string, ...string[]] {
    return this.#networks.commandLine(machine, words);
  }

  addressOf(machine: string): string {
    return `10.77.${this.#names.indexOf(machine) + 1}.2`;
  }

  [Symbol.dispose](): void {
    this.#networks[Symbol.dispose]();
  }

  #unplug(machine: string): () => void {
    const device = this.#networks.device(this.#names.indexOf(machine) + 1);
    this.#networks.configure("hub", "link", "set", device, "down");
    return () => this.#networks.configure("hub", "link", "set", device, "up");
  }

  /** Drops what goes from `some` to `others` and, unless `oneWay`, back. */
  #separate(some: readonly string[], others: readonly string[], oneWay: boolean): () => void {
    const set = (names: readonly string[]) => `{ ${names.map((name) => this.addressOf(name)).join(", ")} }`;
    const rules = [[some, others], ...oneWay ? [] : [[others, some]]] as const;
    for (const [from, to] of rules) {
      this.#inHub(..."nft add rule ip chaos forward ip saddr".split(" "), set(from), "ip", "daddr", set(to), "drop");
    }
    return () => this.#inHub("nft", "flush", "chain", "ip", "chaos", "forward");
  }

  #inHub(...words: readonly string[]): void {
    const [command, ...args] = this.#networks.commandLine("hub", words);
    const { success, stderr } = new Deno.Command(command, { args, stdin: "null" }).outputSync();
    if (!success) throw new Error(`${words.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}
