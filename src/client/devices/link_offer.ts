/** The side of a device that admits another one: it offers a code, checks who claims it, and answers. */

import { comparedWords, isLinkProof, LINK_SECRET_BYTES, linkProof } from "../../identity/link_proof.ts";
import { toBase64Url } from "../../protocol/identity/base64url.ts";
import type { LinkOfferEvent } from "../../protocol/identity/link_steps.ts";
import { deviceText, linkAnswerText, linkClaimText, linkCompareText } from "../../protocol/identity/signed_text.ts";
import type { ClientCommand, LinkEvent, ServerEvent } from "../../protocol/messages/messages.ts";

/** The member and the key that offer. */
export interface LinkHost {
  readonly chat: string;
  readonly member: string;
  readonly key: string;
  /** Signs with the key. */
  readonly sign: (text: string) => Promise<string>;
}

export interface LinkOfferOptions {
  readonly host: LinkHost;
  /** Describes this device for the list of devices. */
  readonly device?: { readonly kind: string; readonly name: string };
  readonly send: (command: ClientCommand) => void;
  readonly emit: (event: LinkOfferEvent) => void;
  /** The time for the statement, RFC 3339 in UTC. */
  readonly now: () => string;
}

const REF = "link offer";

export class LinkOffer {
  readonly #options: LinkOfferOptions;
  readonly #secret = toBase64Url(crypto.getRandomValues(new Uint8Array(LINK_SECRET_BYTES)));
  #claim: { readonly key: string; readonly kind: string; readonly name: string } | undefined;
  #ended = false;

  constructor(options: LinkOfferOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#options.send({ type: "link", ref: REF, step: "begin", ...this.#options.device });
  }

  /** Admits the device that asks, or refuses it. False if none does. */
  answer(accept: boolean): boolean {
    if (this.#claim === undefined || this.#ended) return false;
    // The number of the statement is one more than that of the last one, which the list names.
    if (accept) this.#options.send({ type: "device", ref: REF });
    else this.#options.send({ type: "link", ref: REF, step: "answer" });
    return true;
  }

  /** Takes the events that belong to the offer. False for others. */
  receive(event: ServerEvent): boolean {
    if (event.type === "link" && event.step === "claimed" && event.ref === undefined) return this.#claimed(event);
    if (!("ref" in event) || event.ref !== REF) return false;
    if (event.type === "devices") void this.#admit(event.statements + 1);
    else if (event.type === "error") this.#end(false, event.message);
    else if (event.type === "link") this.#replied(event);
    return true;
  }

  #replied({ step, code, words, expires, accepted }: LinkEvent): void {
    if (step === "answered") return this.#end(accepted === true);
    if (code === undefined || words === undefined || expires === undefined) return;
    this.#options.emit({ step: "offered", code, words, secret: this.#secret, expires });
  }

  #claimed({ key, kind, name, proof }: LinkEvent): boolean {
    if (key === undefined || kind === undefined || name === undefined) return false;
    if (this.#claim !== undefined || this.#ended) return true;
    this.#claim = { key, kind, name };
    const { chat, key: by } = this.#options.host;
    const isProven = isLinkProof(proof, this.#secret, linkClaimText({ chat, key }));
    const words = isProven ? {} : { compare: comparedWords(linkCompareText({ chat, key, by })) };
    this.#options.emit({ step: "claimed", kind, name, ...words });
    return true;
  }

  async #admit(number: number): Promise<void> {
    if (this.#claim === undefined) return;
    const { key, kind, name } = this.#claim;
    const { chat, member, key: by, sign } = this.#options.host;
    const statement = { action: "add" as const, member, number, key, kind, name, time: this.#options.now(), by };
    const signature = await sign(deviceText({ chat, ...statement }));
    const proof = linkProof(this.#secret, linkAnswerText({ chat, key, by }));
    this.#options.send({ type: "link", ref: REF, step: "answer", accept: true, statement, signature, proof });
  }

  #end(accepted: boolean, reason?: string): void {
    this.#ended = true;
    this.#options.emit({ step: "ended", accepted, ...reason === undefined ? {} : { reason } });
  }
}
