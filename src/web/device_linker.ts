/** Linking devices: the dialog in which this page admits another device, and the cards of a page that asks to be admitted. */

import type { LinkCode } from "../client/devices/link_claim.ts";
import type { LinkClaimEvent, LinkOfferEvent } from "../protocol/identity/link_steps.ts";
import type { LinkPass } from "../protocol/address/invite_link.ts";
import { isThisMachine, type PageAddress, pageLinkAddress } from "./page_address.ts";
import type { PageChat } from "./page_chat.ts";
import type { PageSession } from "./page_session.ts";
import type { ClaimView } from "./views/claim_view.ts";
import { byId, on } from "./views/dom.ts";
import type { LinkView } from "./views/link_view.ts";

export interface DeviceLinkerOptions {
  readonly address: PageAddress;
  readonly session: () => PageSession | undefined;
  /** Runs an action and shows its error to the user. */
  readonly attempt: (run: (session: PageSession) => void) => void;
  /** Starts a session that joins after another device has admitted it. */
  readonly start: (code: Pick<LinkCode, "code" | "secret">) => void;
  readonly showEntry: (error: string | undefined) => void;
}

export class DeviceLinker {
  readonly #options: DeviceLinkerOptions;
  /** The cards, which are loaded with the first claim. */
  #cards: Promise<ClaimView | undefined> | undefined;
  #claimed: LinkClaimEvent | undefined;
  /** The dialog, which is loaded with the first offer. */
  #dialog: Promise<LinkView | undefined> | undefined;
  /** The newest offer, and the name of the user who makes it. */
  #offer: [LinkOfferEvent | undefined, you: string] = [undefined, ""];

  constructor(options: DeviceLinkerOptions) {
    this.#options = options;
    const { attempt } = options;
    on(byId("link-open"), "click", () => attempt(({ actions }) => actions.link(undefined)));
  }

  /** Shows the form for the words of another device. */
  askWords(): void {
    this.#useCards((cards) => cards.ask());
  }

  /** Asks another device of the user to admit this one. Without a secret, people compare words. */
  claim(code: Pick<LinkCode, "code" | "secret">): void {
    this.#useCards((cards) => {
      cards.connect();
      this.#options.start(code);
    });
  }

  update({ links: { claim, offer }, state }: PageChat): void {
    if (claim !== this.#claimed) this.#useCards((cards) => cards.update(claim));
    this.#claimed = claim;
    this.#showOffer(offer, state.you?.name ?? "");
  }

  hideClaim(): void {
    void this.#cards?.then((cards) => cards?.hide());
  }

  /** Closes all: the session has ended. */
  close(): void {
    this.hideClaim();
    this.#showOffer(undefined, "");
  }

  #useCards(use: (cards: ClaimView) => void): void {
    void (this.#cards ??= this.#loadCards()).then((cards) => cards && use(cards));
  }

  /** Resolves with `undefined`, after the user was told, if the server cannot be reached, or does not have the code any more. */
  async #loadCards(): Promise<ClaimView | undefined> {
    const { session, showEntry } = this.#options;
    const module = await import("./views/claim_view.ts").catch(() => undefined);
    if (module === undefined) {
      this.#cards = undefined;
      showEntry(CANNOT_LOAD);
      return undefined;
    }
    return new module.ClaimView({
      claim: (words) => this.claim({ code: words }),
      cancel: () => session()?.chat.client.close(),
      back: () => showEntry(undefined),
    });
  }

  #showOffer(offer: LinkOfferEvent | undefined, you: string): void {
    if (offer === this.#offer[0]) return;
    this.#offer = [offer, you];
    void (this.#dialog ??= this.#loadDialog()).then((dialog) => dialog?.update(...this.#offer));
  }

  /** Resolves as `#loadCards`. */
  async #loadDialog(): Promise<LinkView | undefined> {
    const { session, attempt } = this.#options;
    const module = await import("./views/link_view.ts").catch(() => undefined);
    if (module === undefined) {
      this.#dialog = undefined;
      attempt(() => {
        throw new Error(CANNOT_LOAD);
      });
      return undefined;
    }
    return new module.LinkView({
      answer: (accept) => attempt(({ actions }) => actions.link(accept)),
      closed: () => session()?.chat.links.closeOffer(),
      addressOf: (pass) => this.#addressOf(pass),
      isLocal: isThisMachine(location.hostname),
    });
  }

  /** The new device opens the room that is open here. */
  #addressOf(pass: LinkPass): string {
    const { address, session } = this.#options;
    const partner = session()?.chat.conversations.current?.partner;
    const room = partner?.kind === "room" ? partner.room : address.room;
    return pageLinkAddress(location.origin, address.folder, room, pass);
  }
}

const CANNOT_LOAD = "This part of the page cannot be loaded: reload the page";
