import { machineNetwork, parseNetwork } from "../../protocol/address/network.ts";
import { MAX_UNPROVEN_LINKS, MAX_UNPROVEN_LINKS_PER_ADDRESS } from "../../protocol/limits.ts";

/** Counts the links that have proved nothing yet. An IPv6 /64 counts as one address, and all ends without an address as one. */
export class UnprovenLinks {
  readonly #counts = new Map<bigint | undefined, number>();
  #total = 0;

  /** Counts a link. Returns how to take it back, once; `undefined` if there are too many. */
  enter(address: string | undefined): (() => void) | undefined {
    const network = address === undefined ? undefined : parseNetwork(address);
    const key = network && machineNetwork(network).start;
    const count = this.#counts.get(key) ?? 0;
    if (count >= MAX_UNPROVEN_LINKS_PER_ADDRESS || this.#total >= MAX_UNPROVEN_LINKS) return undefined;
    this.#counts.set(key, count + 1);
    this.#total++;
    let isCounted = true;
    return () => {
      if (!isCounted) return;
      isCounted = false;
      this.#total--;
      const left = this.#counts.get(key)! - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    };
  }
}
