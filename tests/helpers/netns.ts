/** Isolated networks inside this machine, made of Linux's network namespaces. No other machine gets a test's packets. */

import { assertEquals } from "@std/assert";
import { isInstalled } from "./process.ts";

/** True if root and iproute2 are available to make them. */
export const HAS_NETNS = Deno.build.os === "linux" && Deno.uid() === 0 && isInstalled("ip", ["-V"], /iproute2/) &&
  works();

if (!HAS_NETNS) console.log("Tests of several networks are skipped: they need Linux, root and iproute2");

const HUB = "hub";

/** A machine called `hub` with one network for each of the other machines. */
export class Networks implements Disposable {
  readonly #prefix = `cf${crypto.randomUUID().slice(0, 6)}`;
  /** Machines with a namespace of their own. */
  readonly #names: readonly string[];
  readonly #v6: boolean;
  readonly #isHubHere: boolean;

  /**
   * `10.77.N.1` is the hub on the network of the Nth of `others`, which is `10.77.N.2` itself; N begins with 1.
   * With `v6` these are `fd77:N::1` and `fd77:N::2` instead, and there is no IPv4. With `isHubHere` the hub is the namespace of
   * this process, which `unshare --net` has made for it.
   */
  constructor(others: readonly string[], { v6 = false, isHubHere = false } = {}) {
    this.#v6 = v6;
    this.#isHubHere = isHubHere;
    this.#names = isHubHere ? others : [HUB, ...others];
    try {
      for (const name of this.#names) ip("netns", "add", this.id(name));
      for (const name of new Set([HUB, ...others])) this.configure(name, "link", "set", "lo", "up");
      for (const [index, name] of others.entries()) this.#join(name, index + 1);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The interface name of that machine's network. */
  id(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  /** Returns a command line that runs another one on that machine. */
  commandLine(name: string, words: readonly string[]): [string, ...string[]] {
    if (this.#isHere(name)) return [words[0]!, ...words.slice(1)];
    return ["ip", "netns", "exec", this.id(name), ...words];
  }

  /** Runs `ip` on that machine: `configure("hub", "addr", "add", ...)`. */
  configure(name: string, ...args: readonly string[]): void {
    ip(...this.#isHere(name) ? [] : ["-n", this.id(name)], ...args);
  }

  /** The hub's device on the Nth network. */
  device(number: number): string {
    return `${this.#prefix}l${number}`;
  }

  [Symbol.dispose](): void {
    for (const name of this.#names) command("netns", "del", this.id(name));
  }

  #join(name: string, number: number): void {
    const [left, right] = [this.device(number), `${this.#prefix}r${number}`];
    this.configure(HUB, "link", "add", left, "type", "veth", "peer", "name", right, "netns", this.id(name));
    for (const [machine, device, last] of [[HUB, left, 1], [name, right, 2]] as const) {
      const add = (address: string, ...options: readonly string[]) =>
        this.configure(machine, "addr", "add", address, "dev", device, ...options);
      // Otherwise the system chooses a link-local address, and takes a second to see that it is free.
      this.configure(machine, "link", "set", device, "addrgenmode", "none");
      if (!this.#v6) add(`10.77.${number}.${last}/24`);
      else for (const prefix of [`fd77:${number}`, "fe80"]) add(`${prefix}::${last}/64`, "nodad");
      this.configure(machine, "link", "set", device, "up");
    }
  }

  #isHere(name: string): boolean {
    return this.#isHubHere && name === HUB;
  }
}

function ip(...args: readonly string[]): void {
  const { success, stderr } = command(...args);
  assertEquals(success, true, `ip ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

function command(...args: readonly string[]): Deno.CommandOutput {
  return new Deno.Command("ip", { args: [...args], stdin: "null" }).outputSync();
}

/** In a container even root may lack the permission. */
function works(): boolean {
  const name = `cf${crypto.randomUUID().slice(0, 6)}-try`;
  return command("netns", "add", name).success && command("netns", "del", name).success;
}
