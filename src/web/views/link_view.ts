/** The dialog in which this device admits another one: the code to scan, the question, and the outcome. */

import type { LinkPass } from "../../protocol/address/invite_link.ts";
import { inviteWords } from "../../protocol/address/invite_link.ts";
import type { LinkOfferEvent } from "../../protocol/identity/link_steps.ts";
import { byId, el, on, setText } from "./dom.ts";
import { qrPlaceholder } from "./qr_placeholder.ts";

export interface LinkViewActions {
  answer(accept: boolean): void;
  /** The user has closed the dialog. */
  closed(): void;
  /** The address that the other device opens. */
  addressOf(pass: LinkPass): string;
  /** Whether only this machine can open that address. */
  readonly isLocal: boolean;
}

type Offered = Extract<LinkOfferEvent, { step: "offered" }>;
type Claimed = Extract<LinkOfferEvent, { step: "claimed" }>;

export class LinkView {
  readonly #actions: LinkViewActions;
  readonly #title = el("h2", { id: "link-title", tabindex: "-1" });
  readonly #address = el("input", { id: "link-address", readonly: true });
  readonly #dialog = el("dialog", { id: "link", class: "card", "aria-labelledby": "link-title" });
  #shown: LinkOfferEvent | undefined;
  #answered = false;

  constructor(actions: LinkViewActions) {
    this.#actions = actions;
    this.#dialog.append(this.#title, ...linkParts(this.#address));
    document.body.append(this.#dialog);
    on(byId("link-yes"), "click", () => this.#answer(true));
    on(byId("link-no"), "click", () => this.#answer(false));
    on(byId("link-close"), "click", () => this.#dialog.close());
    on(this.#address, "focus", () => this.#address.select());
    on(this.#dialog, "close", () => this.#closed());
  }

  /** Opens the dialog for each new step; `undefined` closes it. `you` is the user's name. */
  update(offer: LinkOfferEvent | undefined, you: string): void {
    if (offer === this.#shown) return;
    this.#shown = offer;
    this.#answered = false;
    if (offer === undefined) return this.#dialog.close();
    this.#showParts(offer);
    this.#draw(offer, you);
    if (!this.#dialog.open) this.#dialog.showModal();
    // Not a button, so that a key that was meant for the composer answers nothing.
    this.#title.focus();
  }

  #answer(accept: boolean): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#actions.answer(accept);
  }

  /** An open question would let the other device wait. */
  #closed(): void {
    if (this.#shown?.step === "claimed") this.#answer(false);
    if (this.#shown !== undefined) this.#actions.closed();
  }

  #showParts({ step }: LinkOfferEvent): void {
    byId("link-offer").hidden = step !== "offered";
    byId("link-close").hidden = step === "claimed";
    for (const id of ["link-yes", "link-no"]) byId(id).hidden = step !== "claimed";
    byId("link-qr").replaceChildren();
    this.#address.value = "";
    for (const id of ["link-code", "link-words", "link-hint"]) setText(byId(id), "");
  }

  #draw(offer: LinkOfferEvent, you: string): void {
    switch (offer.step) {
      case "offered":
        return this.#drawOffer(offer);
      case "claimed":
        return this.#drawQuestion(offer, you);
      case "ended":
        setText(this.#title, offer.accepted ? "The device is linked" : "The device is not linked");
        return setText(byId("link-hint"), offer.accepted ? "It is you now." : offer.reason ?? "You refused it.");
      default:
        return offer satisfies never;
    }
  }

  #drawOffer({ code, secret, words, expires }: Offered): void {
    const address = this.#actions.addressOf({ code, secret });
    setText(this.#title, "Link a device");
    setText(byId("link-lead"), this.#actions.isLocal ? LOCAL : SCAN);
    byId("link-qr").append(qrPlaceholder(address));
    this.#address.value = address;
    setText(byId("link-code"), inviteWords(words).join(" "));
    setText(byId("link-until"), `Valid for one device, until ${timeOf(expires)}.`);
  }

  #drawQuestion({ name, kind, compare }: Claimed, you: string): void {
    this.#title.replaceChildren(
      el("bdi", {}, kind === "page" ? name : `${name} (${kind})`),
      " wants to be ",
      el("bdi", {}, you),
    );
    setText(byId("link-words"), compare?.join(" ") ?? "");
    setText(
      byId("link-hint"),
      compare === undefined
        ? "It has scanned the code or opened the address. If it is yours, it gets your rooms and writes as you."
        : "Compare: if the other device does not show exactly these six words, answer No.",
    );
  }
}

/** The dialog's content below its title. */
function linkParts(address: HTMLInputElement): Node[] {
  const button = (id: string, style: string, text: string) => el("button", { id, type: "button", class: style }, text);
  return [
    el(
      "div",
      { id: "link-offer" },
      el("p", { id: "link-lead", class: "lead" }),
      el("div", { id: "link-qr", class: "qr" }),
      el("label", { for: "link-address" }, "Address"),
      address,
      el("p", {}, "Or choose there ", el("q", {}, "I have a code from another device"), " and type these words:"),
      el("p", { id: "link-code", class: "words" }),
      el("p", { id: "link-until", class: "hint" }),
      el("p", { class: "hint" }, "Whoever has this code can ask to be you. This device asks you first."),
    ),
    el("p", { id: "link-hint", class: "lead" }),
    el("p", { id: "link-words", class: "words" }),
    el(
      "div",
      { class: "buttons" },
      button("link-no", "quiet", "No"),
      button("link-yes", "primary", "Yes, it is mine"),
      button("link-close", "quiet", "Close"),
    ),
  ];
}

const SCAN = "Point the camera of your phone at the code, or open the address on the other device.";
const LOCAL =
  "Only this machine can open this address. On a phone, open the chat at its address in the network, and type the words.";

function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { timeStyle: "short" });
}
