import type { ClusterLink } from "./wire/cluster_link.ts";
import { LinkFault } from "./wire/link_fault.ts";

/** A proven link, and whether this server has dialed it. */
interface Entry {
  readonly link: ClusterLink;
  readonly isDialed: boolean;
}

/**
 * One link to each other server. If both servers have dialed each other, both keep the connection of the one with the lower incarnation.
 * Of two connections of one dialer, the newer one stays: the older one has broken, and its other end does not know it yet.
 */
export class LinkTable {
  readonly #entries = new Map<number, Entry>();
  /** Resolved at the next change. */
  #changed = Promise.withResolvers<void>();

  get links(): ClusterLink[] {
    return Array.from(this.#entries.values(), ({ link }) => link);
  }

  get(server: number): ClusterLink | undefined {
    return this.#entries.get(server)?.link;
  }

  /** Adds a link, and closes the one that is not kept. `own`: the incarnation of this server. Returns whether it is kept. */
  add(link: ClusterLink, isDialed: boolean, own: number): boolean {
    const earlier = this.#entries.get(link.other);
    if (earlier !== undefined && earlier.isDialed !== isDialed && earlier.isDialed === own < link.other) {
      link.close(OTHER_IS_KEPT);
      return false;
    }
    this.#entries.set(link.other, { link, isDialed });
    earlier?.link.close(OTHER_IS_KEPT);
    this.#wake();
    return true;
  }

  /** Forgets a link that has ended. Returns false if it is not in the table any more. */
  delete(link: ClusterLink): boolean {
    if (this.get(link.other) !== link) return false;
    this.#entries.delete(link.other);
    this.#wake();
    return true;
  }

  /** Resolves when a link to the server exists, or with `isThere` false when none exists; or when the signal is aborted. */
  async until(server: number, isThere: boolean, signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const over = new AbortController();
    signal.addEventListener("abort", () => aborted.resolve(), { once: true, signal: over.signal });
    while (!signal.aborted && this.#entries.has(server) !== isThere) {
      await Promise.race([this.#changed.promise, aborted.promise]);
    }
    over.abort();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const OTHER_IS_KEPT = new LinkFault("closed", "The servers keep another connection");
