/** Linking devices: the dialog in which this page admits another device, and the cards of a page that asks to be admitted. */

import type { LinkCode } from "../client/devices/link_claim.ts";
import type { LinkPass } from "../protocol/address/invite_link.ts";
import { isThisMachine, type PageAddress, pageLinkAddress } from "./page_address.ts";
import type { PageChat } from "./page_chat.ts";
import type { PageSession } from "./page_session.ts";
import { ClaimView } from "./views/claim_view.ts";
import { LinkView } from "./views/link_view.ts";

export interface DeviceLinkerOptions {
  readonly address: PageAddress;
  readonly session: () => PageSession | undefined;
  /** Runs an action and shows its error to the user. */
  readonly attempt: (run: (session: PageSession) => void) => void;
  /** Starts a session that joins after another device has admitted it. */
  readonly start: (code: Pick<LinkCode, "code" | "secret">) => void;
  readonly showEntry: () => void;
}

export class DeviceLinker {
  readonly #options: DeviceLinkerOptions;
  readonly #claim: ClaimView;
  readonly #offer: LinkView;

  constructor(options: DeviceLinkerOptions) {
    this.#options = options;
    const { session, attempt, showEntry } = options;
    this.#claim = new ClaimView({
      claim: (words) => this.claim({ code: words }),
      cancel: () => session()?.chat.client.close(),
      back: showEntry,
    });
    this.#offer = new LinkView({
      offer: () => attempt(({ actions }) => actions.link(undefined)),
      answer: (accept) => attempt(({ actions }) => actions.link(accept)),
      closed: () => session()?.chat.links.closeOffer(),
      addressOf: (pass) => this.#addressOf(pass),
      isLocal: isThisMachine(location.hostname),
    });
  }

  /** Shows the form for the words of another device. */
  askWords(): void {
    this.#claim.ask();
  }

  /** Asks another device of the user to admit this one. Without a secret, people compare words. */
  claim(code: Pick<LinkCode, "code" | "secret">): void {
    this.#claim.connect();
    this.#options.start(code);
  }

  update({ links: { claim, offer }, state }: PageChat): void {
    this.#claim.update(claim);
    this.#offer.update(offer, state.you?.name ?? "");
  }

  hideClaim(): void {
    this.#claim.hide();
  }

  /** Closes all: the session has ended. */
  close(): void {
    this.#claim.hide();
    this.#offer.update(undefined, "");
  }

  /** The new device opens the room that is open here. */
  #addressOf(pass: LinkPass): string {
    const { address, session } = this.#options;
    const partner = session()?.chat.conversations.current?.partner;
    const room = partner?.kind === "room" ? partner.room : address.room;
    return pageLinkAddress(location.origin, address.folder, room, pass);
  }
}
