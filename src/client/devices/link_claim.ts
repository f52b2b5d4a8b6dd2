/** The side of a new device that a device of the member admits: it sends the code, and waits for the answer. */

import { comparedWords, isLinkProof, linkProof } from "../../identity/link_proof.ts";
import type { LinkClaimEvent } from "../../protocol/identity/link_steps.ts";
import { linkAnswerText, linkClaimText, linkCompareText } from "../../protocol/identity/signed_text.ts";
import type { LinkCommand, LinkEvent, MemberInfo } from "../../protocol/messages/messages.ts";
import type { ProofFields } from "../../protocol/identity/join_proof.ts";

/** The code that a new device was given, and the device. */
export interface LinkCode {
  /** The code, or the words. */
  readonly code: string;
  /** The secret of a QR code, which the server does not know. Without it, people compare words. */
  readonly secret?: string;
  /** `terminal` or `page`. */
  readonly kind: string;
  /** For people, such as `Firefox on Android`. */
  readonly name: string;
}

export const CLAIM_REF = "link claim";

export class LinkClaim {
  readonly #code: LinkCode;
  readonly #chat: string;
  readonly #proof: ProofFields;
  #host: { readonly by: string; readonly member: MemberInfo } | undefined;

  constructor(code: LinkCode, chat: string, proof: ProofFields) {
    this.#code = code;
    this.#chat = chat;
    this.#proof = proof;
  }

  get command(): LinkCommand {
    const { code, secret, kind, name } = this.#code;
    const { key } = this.#proof;
    const proof = secret === undefined ? undefined : linkProof(secret, linkClaimText({ chat: this.#chat, key }));
    return { type: "link", ref: CLAIM_REF, step: "claim", code, ...this.#proof, kind, name, proof };
  }

  /** Returns what a `link` event means; `undefined` for one that means nothing here. */
  receive({ step, key, member, accepted, proof }: LinkEvent): LinkClaimEvent | undefined {
    if (step === "claimed" && key !== undefined && member !== undefined) return this.#asked(key, member);
    if (step === "answered") return this.#answered(accepted === true, proof);
    return undefined;
  }

  #asked(by: string, member: MemberInfo): LinkClaimEvent {
    this.#host = { by, member };
    if (this.#code.secret !== undefined) return { step: "waiting", member: member.name };
    const text = linkCompareText({ chat: this.#chat, key: this.#proof.key, by });
    return { step: "waiting", member: member.name, compare: comparedWords(text) };
  }

  #answered(accepted: boolean, proof: string | undefined): LinkClaimEvent {
    const { secret } = this.#code;
    if (!accepted || this.#host === undefined) {
      return {
        step: "refused",
        reason: "The other device refused this one, or the code has expired: ask for a new one there",
      };
    }
    const { by, member } = this.#host;
    const text = linkAnswerText({ chat: this.#chat, key: this.#proof.key, by });
    if (secret !== undefined && !isLinkProof(proof, secret, text)) {
      return { step: "refused", reason: "The server changed what the other device said: do not use this chat" };
    }
    return { step: "admitted", member: member.name };
  }
}
