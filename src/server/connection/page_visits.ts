import { MAX_PAGE_VISITORS, SPARE_CONNECTIONS_MS } from "../../protocol/limits.ts";

/**
 * Addresses from which the page was asked for a moment ago. Browsers open connections in advance and use one for the next
 * request, a minute later perhaps: what would be said to a person there would spoil the answer. `now` is in milliseconds since the epoch.
 */
export class PageVisits {
  /** When each asked last, the longest ago first. */
  readonly #asked = new Map<string, number>();

  note(address: string | undefined, now: number): void {
    if (address === undefined) return;
    this.#asked.delete(address);
    this.#asked.set(address, now);
    if (this.#asked.size > MAX_PAGE_VISITORS) this.#asked.delete(this.#asked.keys().next().value!);
  }

  /** Whether the page was asked for from there in the `SPARE_CONNECTIONS_MS` before. */
  isRecent(address: string | undefined, now: number): boolean {
    const asked = address === undefined ? undefined : this.#asked.get(address);
    return asked !== undefined && now - asked < SPARE_CONNECTIONS_MS;
  }
}
