import type { LinkClaimEvent, LinkOfferEvent } from "../../protocol/identity/link_steps.ts";

/** The last step of each side of linking devices: of an offer that this device made, and of its own wish to be admitted. */
export class LinkProgress {
  readonly #changed: () => void;
  #offer: LinkOfferEvent | undefined;
  #claim: LinkClaimEvent | undefined;

  /** `changed` is called after a change that no event of the client causes. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The last step of this device's offer to admit another one. */
  get offer(): LinkOfferEvent | undefined {
    return this.#offer;
  }

  /** The last step of this device's wish to be admitted by another one. */
  get claim(): LinkClaimEvent | undefined {
    return this.#claim;
  }

  offered(offer: LinkOfferEvent): void {
    this.#offer = offer;
  }

  claimed(claim: LinkClaimEvent): void {
    this.#claim = claim;
  }

  /** The user no longer looks at the offer. A device that claims it shows it again. */
  closeOffer(): void {
    this.#offer = undefined;
    this.#changed();
  }

  /** Without a connection the server has forgotten the offer, too. */
  offline(): void {
    if (this.#offer === undefined || this.#offer.step === "ended") return;
    const reason = "The connection was lost, and the code with it: link the device again";
    this.#offer = { step: "ended", accepted: false, reason };
  }
}
