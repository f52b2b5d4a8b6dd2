import type { ClientIdentity } from "../../protocol/identity/join_proof.ts";
import { LINKING_NOT_LOADED } from "../../protocol/identity/link_steps.ts";
import { publicKeyBytes } from "../../protocol/identity/public_key.ts";
import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import type { ClientEvent } from "../client_event.ts";
import type { Clock } from "../clock.ts";
import type { Author } from "../delivery/message_signer.ts";
import { DeviceRevocation } from "./device_revocation.ts";
import type { LinkHost, LinkOffer, LinkOfferOptions } from "./link_offer.ts";

export interface OwnDevicesOptions {
  readonly clock: Clock;
  readonly identity: ClientIdentity | undefined;
  readonly device: LinkOfferOptions["device"];
  /** The member and the key by which the server knows this client on the current link, if it does. */
  readonly author: () => Author | undefined;
  readonly send: (command: ClientCommand) => void;
  readonly emit: (event: ClientEvent) => void;
}

/** The user's devices: this one admits others and revokes them, by statements that it signs. */
export class OwnDevices {
  readonly #options: OwnDevicesOptions;
  /** The offer to admit another device that was made on this link. */
  #offer: LinkOffer | undefined;
  #revocation: DeviceRevocation | undefined;
  /** How many links were lost. */
  #links = 0;

  constructor(options: OwnDevicesOptions) {
    this.#options = options;
  }

  /** Revokes the device with this key. False if it is not a key, or if the server does not know this client by one. */
  revoke(key: string, ref: string | undefined): boolean {
    const signer = publicKeyBytes(key) === undefined ? undefined : this.#signer();
    if (signer === undefined) return false;
    this.#revocation = new DeviceRevocation({ signer, key, ref, ...this.#statements });
    this.#revocation.begin();
    return true;
  }

  /** Offers to admit another device. False if the server does not know this client by a key. */
  offer(): boolean {
    const host = this.#signer();
    if (host === undefined) return false;
    void this.#begin(host, this.#links);
    return true;
  }

  /** Few users link devices, so the browser loads the code for it only then. */
  async #begin(host: LinkHost, link: number): Promise<void> {
    const emit: LinkOfferOptions["emit"] = (offer) => this.#options.emit({ type: "linkOffer", offer });
    const loaded = await import("./link_offer.ts").catch(() => undefined);
    if (link !== this.#links) return;
    if (loaded === undefined) return emit({ step: "ended", accepted: false, reason: LINKING_NOT_LOADED });
    const { device } = this.#options;
    this.#offer = new loaded.LinkOffer({ host, device, emit, ...this.#statements });
    this.#offer.begin();
  }

  /** Admits the device that claimed the offer, or refuses it. False if none waits for the answer. */
  answer(accept: boolean): boolean {
    return this.#offer?.answer(accept) === true;
  }

  /** Takes the events that belong to an offer or a revocation. False for others. */
  receive(event: ServerEvent): boolean {
    return this.#revocation?.receive(event) === true || this.#offer?.receive(event) === true;
  }

  linkLost(): void {
    this.#links++;
    this.#offer = this.#revocation = undefined;
  }

  get #statements(): Pick<LinkOfferOptions, "send" | "now"> {
    const { clock, send } = this.#options;
    return { send, now: () => new Date(clock.wall()).toISOString() };
  }

  #signer(): LinkHost | undefined {
    const { identity } = this.#options;
    const author = this.#options.author();
    if (identity === undefined || author === undefined) return undefined;
    return { chat: author.chat, member: author.id, key: author.key, sign: (text) => identity.sign(text) };
  }
}
