import { DIRECT_WAIT_MS, MAX_DIRECT_OFFERS, MAX_DIRECT_OFFERS_PER_MEMBER } from "../../protocol/limits.ts";
import type { DirectEvent, MemberInfo } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";

/** A file that another member offers. */
export interface StraightOffer {
  readonly id: string;
  readonly from: MemberInfo;
  /** As the member says: not checked for this system. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

export interface StraightOffersOptions {
  readonly clock: Clock;
  readonly offered: (offer: StraightOffer) => void;
  readonly withdrawn: (offer: StraightOffer) => void;
}

/** Offers of others that wait for an answer, each for `DIRECT_WAIT_MS` at most. */
export class StraightOffers {
  readonly #options: StraightOffersOptions;
  /** By id, oldest first. */
  readonly #offers = new Map<string, StraightOffer>();
  readonly #stopped = new AbortController();

  constructor(options: StraightOffersOptions) {
    this.#options = options;
  }

  get all(): readonly StraightOffer[] {
    return [...this.#offers.values()];
  }

  /** Returns false if there are too many. A repeated offer is ignored. */
  add({ id, from, name, size }: DirectEvent): boolean {
    if (name === undefined || size === undefined || this.#offers.has(id)) return true;
    const ofMember = this.all.filter((offer) => offer.from.id === from.id).length;
    if (ofMember >= MAX_DIRECT_OFFERS_PER_MEMBER || this.#offers.size >= MAX_DIRECT_OFFERS) return false;
    const offer = { id, from, name, size };
    this.#offers.set(id, offer);
    this.#options.clock.after(DIRECT_WAIT_MS, () => this.#offers.delete(id), this.#stopped.signal);
    this.#options.offered(offer);
    return true;
  }

  take({ id }: StraightOffer): void {
    this.#offers.delete(id);
  }

  /** The member takes the offer back. */
  withdraw({ id, from }: DirectEvent): void {
    const offer = this.#offers.get(id);
    if (offer?.from.id !== from.id) return;
    this.#offers.delete(id);
    this.#options.withdrawn(offer);
  }

  stop(): void {
    this.#stopped.abort();
  }
}
