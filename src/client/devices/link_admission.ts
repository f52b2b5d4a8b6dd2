/** A new device that another one must admit before it joins: it claims the code, and waits for the answer. */

import type { ProofFields } from "../../protocol/identity/join_proof.ts";
import { type LinkClaimEvent, LINKING_NOT_LOADED } from "../../protocol/identity/link_steps.ts";
import type { LinkCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import type { LinkClaim, LinkCode } from "./link_claim.ts";

export interface LinkAdmissionOptions {
  /** Without a code the device is one of the member already. */
  readonly linkCode?: LinkCode;
  /** Called with each step. */
  readonly onClaim: (claim: LinkClaimEvent) => void;
  readonly send: (command: LinkCommand) => void;
  /** Called after the step `refused`. */
  readonly onRefused: (reason: string) => void;
  /** Called after the step `admitted`, with the rooms in which the member is. */
  readonly onAdmitted: (member: string, rooms: readonly string[]) => void;
}

export class LinkAdmission {
  readonly #options: LinkAdmissionOptions;
  /** Whether another device must admit this one before it joins. */
  #pending: boolean;
  #claim: LinkClaim | undefined;
  /** A later request replaces an earlier one, whose link is lost. */
  #requests = 0;

  constructor(options: LinkAdmissionOptions) {
    this.#options = options;
    this.#pending = options.linkCode !== undefined;
  }

  get pending(): boolean {
    return this.#pending;
  }

  /** Claims the code, if this device must be admitted. Without a key of its own it cannot be. */
  ask(chat: string, proof: ProofFields | undefined): void {
    const { linkCode } = this.#options;
    if (!this.#pending || linkCode === undefined) return;
    if (proof === undefined) return this.#step({ step: "refused", reason: "This device cannot keep a key of its own" });
    void this.#claimBy(linkCode, chat, proof);
  }

  /** Few users link devices, so the browser loads the code for it only then. */
  async #claimBy(code: LinkCode, chat: string, proof: ProofFields): Promise<void> {
    const request = ++this.#requests;
    const loaded = await import("./link_claim.ts").catch(() => undefined);
    if (request !== this.#requests) return;
    if (loaded === undefined) return this.#step({ step: "refused", reason: LINKING_NOT_LOADED });
    this.#claim = new loaded.LinkClaim(code, chat, proof);
    this.#options.send(this.#claim.command);
  }

  /** Takes the events that answer the claim. False for others. */
  receive(event: ServerEvent): boolean {
    if (!this.#pending) return false;
    if (event.type === "error") this.#step({ step: "refused", reason: event.message });
    else if (event.type !== "link") return false;
    else this.#step(this.#claim?.receive(event), event.rooms);
    return true;
  }

  #step(claim: LinkClaimEvent | undefined, rooms: readonly string[] = []): void {
    if (claim === undefined) return;
    this.#options.onClaim(claim);
    if (claim.step === "refused") this.#options.onRefused(claim.reason);
    if (claim.step !== "admitted") return;
    this.#pending = false;
    this.#options.onAdmitted(claim.member, rooms);
  }
}
