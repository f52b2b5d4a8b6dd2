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
  readonly #offers = new Map<string, { readonly offer: StraightOffer; readonly timer: AbortController }>();

  constructor(options: StraightOffersOptions) {
    this.#options = options;
  }

  get all(): readonly StraightOffer[] {
    return Array.from(this.#offers.values(), ({ offer }) => offer);
  }

  /** Ignores a repeated offer, and one beyond the limits: another device of the user may take that. */
  add({ id, from, name, size }: DirectEvent): void {
    if (name === undefined || size === undefined || this.#offers.has(id)) return;
    const ofMember = this.all.filter((offer) => offer.from.id === from.id).length;
    if (ofMember >= MAX_DIRECT_OFFERS_PER_MEMBER || this.#offers.size >= MAX_DIRECT_OFFERS) return;
    const offer = { id, from, name, size };
    const timer = new AbortController();
    this.#offers.set(id, { offer, timer });
    this.#options.clock.after(DIRECT_WAIT_MS, () => this.withdraw({ id, from }), timer.signal);
    this.#options.offered(offer);
  }

  take({ id }: StraightOffer): void {
    this.#offers.get(id)?.timer.abort();
    this.#offers.delete(id);
  }

  /** The member takes the offer back, or it has waited for too long. */
  withdraw({ id, from }: Pick<DirectEvent, "id" | "from">): void {
    const offer = this.#offers.get(id)?.offer;
    if (offer?.from.id !== from.id) return;
    this.take(offer);
    this.#options.withdrawn(offer);
  }

  stop(): void {
    for (const { timer } of this.#offers.values()) timer.abort();
  }
}
