/** The steps of linking a device, as the two clients show them. */

/** An offer of this device to admit another one. Nothing follows `ended`. */
export type LinkOfferEvent =
  | {
    readonly step: "offered";
    readonly code: string;
    readonly words: string;
    /** Only for the other device, by a way that the server does not see. */
    readonly secret: string;
    readonly expires: string;
  }
  /** Another device asks. If `compare` is there, it does not know the secret: people must compare the words. */
  | { readonly step: "claimed"; readonly kind: string; readonly name: string; readonly compare?: readonly string[] }
  | { readonly step: "ended"; readonly accepted: boolean; readonly reason?: string };

/** The answers that this device gets for the code of another one. */
export type LinkClaimEvent =
  /** The member's device was asked. If `compare` is there, people must compare the words. */
  | { readonly step: "waiting"; readonly member: string; readonly compare?: readonly string[] }
  | { readonly step: "admitted"; readonly member: string }
  | { readonly step: "refused"; readonly reason: string };

/** The reason if a browser cannot load the code of these steps, which it does on demand. */
export const LINKING_NOT_LOADED = "The part of the page that links devices could not be loaded: reload the page";
