/** Sentences about linking a device: on the one that admits, and on the new one. */

import type { LinkClaimEvent, LinkOfferEvent } from "../../protocol/identity/link_steps.ts";
import { inviteWords } from "../../protocol/address/invite_link.ts";
import type { Markup } from "./markup.ts";

export const CANNOT_LINK = "This device cannot admit others now: it has no key that the server knows, or no connection";
export const NOBODY_ASKS = "No device asks to be admitted: /link offers it";

/** The steps of an offer. `ways` are lines that say how to use its code; without them, only its words are shown. */
export function linkOfferSentences(offer: LinkOfferEvent, ways: readonly string[], markup: Markup): string[] {
  switch (offer.step) {
    case "offered":
      return [
        `A further device may become you, until ${markup.moment(offer.expires)}:`,
        ...ways.map((way) => markup.text(way)),
        `Its code in words: ${markup.text(inviteWords(offer.words).join(" "))}`,
      ];
    case "claimed":
      return [
        `${markup.text(`${offer.name} (${offer.kind})`)} wants to be you on another device`,
        ...offer.compare === undefined ? [] : [`Compare: it must show ${markup.strong(offer.compare.join(" "))}`],
        "/link yes admits it, /link no refuses it",
      ];
    case "ended":
      return [offer.accepted ? "The device is linked" : markup.text(offer.reason ?? "The device was refused")];
    default:
      return offer satisfies never;
  }
}

/** The steps on the new device. */
export function linkClaimSentences(claim: LinkClaimEvent, markup: Markup): string[] {
  switch (claim.step) {
    case "waiting":
      return [
        `${markup.name(claim.member)} is asked to admit this device`,
        ...claim.compare === undefined
          ? []
          : [`Compare: the other device must show ${markup.strong(claim.compare.join(" "))}`],
      ];
    case "admitted":
      return [`This device belongs to ${markup.name(claim.member)} now`];
    case "refused":
      return [markup.text(claim.reason)];
    default:
      return claim satisfies never;
  }
}
